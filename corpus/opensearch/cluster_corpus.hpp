// corpus/opensearch/cluster_corpus.hpp: a Corpus in an index of a cluster. Internal to
// corpus/opensearch. By subject:
//
//     description.cpp  what the collection is: its index, pipeline and generations
//     writing.cpp      documents, and what sync remembers
//     filtering.cpp    conditions, facets, order
//     searching.cpp    words, and what is asked about hits
//     upkeep.cpp       figures, verify, repair, backups
// Vectors are searched by ClusterVectors (cluster_vectors.hpp).
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "corpus/corpus.hpp"
#include "corpus/opensearch/cluster.hpp"
#include "corpus/opensearch/cluster_reader.hpp"
#include "corpus/opensearch/metadata_fields.hpp"
#include "corpus/opensearch/word_query.hpp"

namespace lectern::corpus::opensearch {

// A condition as a query.
struct Chosen final : Selection {
    boost::json::value query;
};

[[nodiscard]] inline const boost::json::value* query_of(const Selection* within) {
    return within == nullptr ? nullptr : &static_cast<const Chosen*>(within)->query;
}

// Names that no other process makes: 62 bits of chance.
[[nodiscard]] std::uint64_t fresh_number();

class ClusterCorpus final : public Corpus {
 public:
    ClusterCorpus(std::unique_ptr<Transport> transport, std::string where);

    // Of the index, where it is there.
    Status look();

    std::string where() const override { return where_; }
    Result<storage::CollectionMeta> meta() const override;
    Status set_pipeline(std::string_view name, std::string_view yaml,
                        std::string_view folder) override;
    Result<storage::Generation> add_generation(storage::Generation generation) override;
    Status cut_over(storage::GenerationNumber number, std::string_view name, std::string_view yaml,
                    std::string_view folder) override;
    Status drop_generation(storage::GenerationNumber number) override;
    Status drop_older_generations() override;
    bool shared() const noexcept override { return true; }
    bool serves(storage::GenerationNumber generation) const noexcept override {
        const storage::GenerationNumber last = cluster_.last_serving();
        return last == 0 || last == generation;
    }

    Status open_words(const std::optional<WordOptions>& options) override;
    bool words_open() const noexcept override {
        const std::lock_guard lock(words_mutex_);
        return words_ != nullptr;
    }
    Result<std::shared_ptr<Vectors>> open_vectors(const VectorOptions& options) override;

    Status accepts(const storage::PutDocument& document) const override;
    // Each commit refreshes every copy of every shard twice, and what was refreshed is merged
    // later.
    std::chrono::milliseconds commit_every() const noexcept override;
    Result<storage::CommitResult> commit(const storage::WriteGroup& group,
                                         Vectors* vectors) override;
    Result<std::uint64_t> add_vectors(storage::GenerationNumber generation,
                                      std::span<const storage::ChunkId> chunks,
                                      std::span<const float> rows) override;
    Status write_sources(const storage::SourceRows& rows) override;

    std::unique_ptr<Reader> reader() const override {
        return std::make_unique<ClusterReader>(cluster_);
    }
    Result<storage::Counters> counters() const override;
    Result<std::uint64_t> vector_count(storage::GenerationNumber generation) const override;
    Result<std::uint64_t> each_without_vector(
        storage::GenerationNumber generation, std::optional<storage::Sequence>& seen,
        const std::function<Status(std::span<const storage::ChunkId>)>& visit) const override;

    Result<Selected> select(std::string_view filter) const override;
    Result<Narrowed> narrow(std::string_view filter,
                            const std::vector<std::string>& facets) const override;
    Result<std::unique_ptr<Words>> read(std::string_view text,
                                        const ReadOptions& options) const override;
    Result<std::unique_ptr<Words>> read_like(std::string_view title, std::string_view text,
                                             std::size_t chunks, std::size_t most) const override;
    Result<std::shared_ptr<const Selection>> meeting(
        const Words& words, std::shared_ptr<const Selection> within) const override;
    Result<WordHits> search_words(const WordQuery& query, std::size_t k,
                                  const Selection* within) const override;
    Result<LookedUp> look_up(const LookUp& what) const override;
    Status sort(const SortField& by, std::vector<Hit>& hits,
                std::vector<std::string>& hints) const override;

    Result<CorpusFigures> figures() const override;
    Status flush() override { return {}; }  // what is acknowledged is on disk and is found
    Result<BackupInfo> backup(const std::filesystem::path& to,
                              const BackupOptions& options) const override;
    Result<RepairReport> repair();
    Result<VerifyReport> verify(const VerifyOptions& options) const override;

 private:
    // A document of a group, and what it takes to be written.
    struct Wish {
        std::string id;
        std::optional<std::size_t> put;  // place in the group; nothing: it is deleted
        storage::DocumentHeader header;  // of the new version
        std::string head;                // its row
        bool tried = false;              // the head was sent, and perhaps written
        bool done = false;
        bool existed = false;
        // Versions that no head will name again once this is done.
        std::vector<storage::DocumentHeader> dead;
    };

    [[nodiscard]] Result<Kinds> kinds() const;
    [[nodiscard]] std::shared_ptr<WordReader> words() const {
        const std::lock_guard lock(words_mutex_);
        return words_;
    }
    // Whoever read it before may write it meanwhile; what matters is read again.
    [[nodiscard]] Status write_meta(const storage::CollectionMeta& meta,
                                    const storage::Generation* added = nullptr) const;
    [[nodiscard]] Result<storage::Generation> make_index(storage::Generation generation);
    // Writes with vectors of the model that serves, or without any.
    [[nodiscard]] Result<storage::GenerationNumber> check_writes(
        const storage::WriteGroup& group) const;
    [[nodiscard]] Status forget_hashes(const std::vector<Wish>& wishes) const;
    [[nodiscard]] Status write_version(const storage::PutDocument& put, Wish& wish,
                                       Bulk& bulk) const;
    // Under names of their own, in the place of those that another program may have removed.
    [[nodiscard]] Status write_versions_anew(const storage::WriteGroup& group,
                                             const std::vector<Wish*>& wishes) const;
    [[nodiscard]] Status write_heads(const storage::WriteGroup& group,
                                     std::vector<Wish>& wishes) const;
    // The search for words; nothing: they are none, or no hits are wanted.
    [[nodiscard]] Result<std::optional<boost::json::object>> word_search(
        const WordQuery& query, const ClusterWords& cluster_words, std::size_t k,
        const Selection* within) const;
    // What it has found: at most k, all of which meet the conditions of the words.
    [[nodiscard]] std::vector<index::Scored> word_hits(const ClusterWords& cluster_words,
                                                       std::size_t k,
                                                       const boost::json::value& answer) const;
    [[nodiscard]] Status add_documents(const LookUp& what, LookedUp& out) const;
    [[nodiscard]] Status add_scores(const LookUp& what, LookedUp& out) const;
    [[nodiscard]] Status add_facets(const std::vector<std::string>& fields, const Kinds& kinds,
                                    Narrowed& out) const;

    const std::string where_;
    Cluster cluster_;
    mutable std::mutex words_mutex_;
    std::shared_ptr<WordReader> words_;
    storage::CollectionMeta pending_;  // of an index that is not made yet
};

}  // namespace lectern::corpus::opensearch
