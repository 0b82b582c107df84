#include "corpus/local/local.hpp"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <unordered_map>
#include <utility>

#include "corpus/local/local_reader.hpp"
#include "corpus/local/local_vectors.hpp"
#include "corpus/local/local_words.hpp"
#include "corpus/local/upkeep.hpp"
#include "index/lexical/lexical_index.hpp"
#include "index/metadata/metadata_index.hpp"
#include "storage/store/kill_point.hpp"

namespace lectern::corpus::local {
namespace {

class LocalCorpus final : public Corpus {
 public:
    LocalCorpus(std::unique_ptr<storage::Store> store, Log log)
        : log_(std::move(log)), store_(std::move(store)) {}

    std::string where() const override { return store_->folder().string(); }

    Result<storage::CollectionMeta> meta() const override { return store_->meta(); }
    Status set_pipeline(std::string_view name, std::string_view yaml,
                        std::string_view folder) override {
        return store_->set_pipeline(name, yaml, folder);
    }
    Result<storage::Generation> add_generation(storage::Generation generation) override {
        return store_->add_generation(std::move(generation));
    }
    Status cut_over(storage::GenerationNumber number, std::string_view pipeline_name,
                    std::string_view pipeline_yaml, std::string_view pipeline_folder) override {
        return store_->cut_over(number, pipeline_name, pipeline_yaml, pipeline_folder);
    }
    Status drop_generation(storage::GenerationNumber number) override {
        LECTERN_TRY(drop(number));
        index::VectorIndex::remove_stale_files(*store_);
        return {};
    }
    Status drop_older_generations() override {
        const storage::CollectionMeta meta = store_->meta();
        // Numbers count up.
        for (const storage::Generation& generation : meta.generations)
            if (generation.number < meta.serving) LECTERN_TRY(drop(generation.number));
        index::VectorIndex::remove_stale_files(*store_);
        return {};
    }

    Status open_words(const std::optional<WordOptions>& given) override {
        index::LexicalIndexOptions options;
        if (given) options.analysis = index::AnalysisOptions{given->language, given->stop_words};
        options.log = [log = log_](std::string_view message) {
            log(LogLevel::info, "lexical index", message);
        };
        LECTERN_ASSIGN(words_, index::LexicalIndex::open(*store_, options));
        return {};
    }
    bool words_open() const noexcept override { return words_ != nullptr; }
    Result<std::shared_ptr<Vectors>> open_vectors(const VectorOptions& given) override {
        index::VectorIndexOptions options;
        options.generation = given.generation;
        options.threads = given.threads;
        options.build_in_background = given.build_in_background;
        options.seal_at = given.seal_at;
        options.vectors = given.encoding;
        options.log = [log = log_](std::string_view message) {
            log(LogLevel::warning, "vector index", message);
        };
        LECTERN_ASSIGN(auto index, index::VectorIndex::open(*store_, options));
        return std::shared_ptr<Vectors>(std::make_shared<LocalVectors>(*store_, std::move(index)));
    }

    Result<storage::CommitResult> commit(const storage::WriteGroup& group,
                                         Vectors* vectors) override {
        LECTERN_ASSIGN(storage::CommitResult done, words_->commit(group));
        if (vectors != nullptr)
            LECTERN_TRY(static_cast<LocalVectors*>(vectors)->apply(group, done));
        return done;
    }
    Result<std::uint64_t> add_vectors(storage::GenerationNumber generation,
                                      std::span<const storage::ChunkId> chunks,
                                      std::span<const float> rows) override {
        return store_->add_vectors(generation, chunks, rows);
    }
    Status write_sources(const storage::SourceRows& rows) override {
        return store_->write_sources(rows);
    }

    std::unique_ptr<Reader> reader() const override {
        return std::make_unique<LocalReader>(store_->reader());
    }
    Result<storage::Counters> counters() const override { return store_->counters(); }
    Result<std::uint64_t> vector_count(storage::GenerationNumber generation) const override;
    Result<std::uint64_t> each_without_vector(
        storage::GenerationNumber generation, std::optional<storage::Sequence>& seen,
        const std::function<Status(std::span<const storage::ChunkId>)>& visit) const override;

    Result<Selected> select(std::string_view filter) const override {
        return metadata_.select(*store_, filter);
    }
    Result<std::unique_ptr<Words>> read(std::string_view text,
                                        const ReadOptions& options) const override {
        LECTERN_ASSIGN(auto query, words_->read(text, {options.plain, options.prefix, options.typos,
                                                       options.synonyms}));
        return std::unique_ptr<Words>(std::make_unique<LocalWords>(std::move(query)));
    }
    Result<std::unique_ptr<Words>> read_like(std::string_view title, std::string_view text,
                                             std::size_t chunks, std::size_t most) const override {
        LECTERN_ASSIGN(auto query, words_->read_like(title, text, chunks, most));
        return std::unique_ptr<Words>(std::make_unique<LocalWords>(std::move(query)));
    }
    Result<std::shared_ptr<const Selection>> meeting(
        const Words& words, std::shared_ptr<const Selection> within) const override;
    Result<Narrowed> narrow(std::string_view filter,
                            const std::vector<std::string>& facets) const override;
    Result<WordHits> search_words(const WordQuery& query, std::size_t k,
                                  const Selection* within) const override {
        return word_hits(query, k, filter_of(within));
    }
    Result<LookedUp> look_up(const LookUp& what) const override;
    Status sort(const SortField& by, std::vector<Hit>& hits,
                std::vector<std::string>& hints) const override {
        return metadata_.sort(*store_, by, hits, hints);
    }

    Result<CorpusFigures> figures() const override;
    Status flush() override { return store_->flush(); }
    Result<BackupInfo> backup(const std::filesystem::path& to,
                              const BackupOptions& options) const override {
        LECTERN_ASSIGN(const storage::Backup made,
                       storage::create_backup(
                           *store_, to, {.progress = options.progress, .stop = options.stop}));
        return info_of(made);
    }
    Result<VerifyReport> verify(const VerifyOptions& options) const override {
        return verify_open(*store_, options);
    }

 private:
    Status drop(storage::GenerationNumber number) {
        // Words are read from a moment that would keep the vectors on disk.
        LECTERN_TRY(store_->drop_generation(number, [this] {
            if (words_ != nullptr) words_->renew();
        }));
        storage::kill_point("reembed.after_drop");
        return {};
    }
    [[nodiscard]] Result<WordHits> word_hits(const WordQuery& query, std::size_t k,
                                             const index::Filter& filter) const {
        index::LexicalSearchOptions options;
        options.bm25 = {query.k1, query.b, query.title_boost, query.b};
        options.filter = &filter;
        options.stopped = query.stopped;
        index::LexicalResult found;
        if (query.words != nullptr) {
            // Words are given back to the corpus that read them.
            const auto& words = static_cast<const LocalWords&>(*query.words);
            options.filtered = query.within_conditions;
            LECTERN_ASSIGN(found, words_->search(words.query(), k, options));
        } else {
            LECTERN_ASSIGN(found, words_->search(query.text, k, options));
        }
        return WordHits{std::move(found.hits), found.asked, std::move(found.matches), found.known,
                        found.rarest};
    }
    [[nodiscard]] Status add_vector_scores(const LookUp& what, const storage::Reader& reader,
                                           LookedUp& out) const;
    [[nodiscard]] Status add_word_scores(const LookUp& what, LookedUp& out) const;

    const Log log_;
    // The indexes end before the store.
    const std::unique_ptr<storage::Store> store_;
    std::unique_ptr<index::LexicalIndex> words_;
    mutable MetadataIndex metadata_;  // guards itself
};

Result<std::uint64_t> LocalCorpus::vector_count(storage::GenerationNumber generation) const {
    std::uint64_t rows = 0;
    LECTERN_TRY(store_->reader().scan_vectors(generation, 0, [&](auto ids, auto) {
        rows += ids.size();
        return true;
    }));
    return rows;
}

// All chunks the first time, then those that came since.
Result<std::vector<storage::ChunkRange>> new_chunks(const storage::Reader& reader,
                                                    const std::optional<storage::Sequence>& seen) {
    if (!seen) return reader.live_chunks();
    const auto changes = reader.changes(*seen);
    if (changes.status().code() == Code::not_found) return reader.live_chunks();  // too long ago
    if (!changes.ok()) return changes.status();
    std::vector<storage::ChunkRange> added;
    for (const storage::Change& change : *changes)
        added.insert(added.end(), change.added.begin(), change.added.end());
    return added;
}

Result<std::uint64_t> LocalCorpus::each_without_vector(
    storage::GenerationNumber generation, std::optional<storage::Sequence>& seen,
    const std::function<Status(std::span<const storage::ChunkId>)>& visit) const {
    constexpr std::uint64_t at_once = 1024;
    storage::Sequence now = 0;
    std::vector<storage::ChunkRange> ranges;
    {
        // Not kept for longer: an old reader keeps deleted data on disk.
        const storage::Reader reader = store_->reader();
        now = reader.sequence();
        LECTERN_ASSIGN(ranges, new_chunks(reader, seen));
    }
    std::uint64_t present = 0;
    std::vector<storage::ChunkId> missing;
    for (const storage::ChunkRange& range : ranges) {
        for (storage::ChunkId at = range.first; at < range.end();) {
            const std::uint64_t count = std::min(range.end() - at, at_once);
            LECTERN_ASSIGN(const auto there, store_->reader().vectors(generation, {at, count}));
            present += there.found.size();
            missing.clear();
            auto next = there.found.begin();
            for (const storage::ChunkId end = at + count; at < end; ++at) {
                if (next != there.found.end() && *next == at)
                    ++next;
                else
                    missing.push_back(at);
            }
            if (!missing.empty()) LECTERN_TRY(visit(missing));
        }
    }
    seen = now;
    return present;
}

Result<Narrowed> LocalCorpus::narrow(std::string_view filter,
                                     const std::vector<std::string>& facets) const {
    LECTERN_ASSIGN(auto found, metadata_.narrow(*store_, filter, facets));
    Narrowed out;
    if (found.allowed) {
        auto allowed = std::make_shared<Allowed>();
        allowed->chunks = std::move(*found.allowed);
        out.chunks = allowed->chunks.size();
        out.selection = std::move(allowed);
    }
    out.facets = std::move(found.facets);
    out.hints = std::move(found.hints);
    return out;
}

Result<std::shared_ptr<const Selection>> LocalCorpus::meeting(
    const Words& words, std::shared_ptr<const Selection> within) const {
    LECTERN_ASSIGN(auto chunks, words_->candidates(static_cast<const LocalWords&>(words).query()));
    if (!chunks) return within;
    auto out = std::make_shared<Allowed>();
    if (within == nullptr) {
        out->chunks = std::move(*chunks);
    } else {
        const auto& allowed = static_cast<const Allowed&>(*within).chunks;
        std::set_intersection(chunks->begin(), chunks->end(), allowed.begin(), allowed.end(),
                              std::back_inserter(out->chunks));
    }
    return std::shared_ptr<const Selection>(std::move(out));
}

Status LocalCorpus::add_vector_scores(const LookUp& what, const storage::Reader& reader,
                                      LookedUp& out) const {
    out.vector_scores.resize(what.vector_scores_of.size());
    LECTERN_ASSIGN(const auto rows, reader.vectors(what.generation, what.vector_scores_of));
    const std::size_t dimension = what.vector.size();
    if (rows.values.size() != rows.found.size() * dimension) return {};  // of another model
    std::size_t row = 0;                                                 // `found` keeps the order
    for (std::size_t i = 0; i < what.vector_scores_of.size() && row < rows.found.size(); ++i) {
        if (rows.found[row] != what.vector_scores_of[i]) continue;
        out.vector_scores[i] = std::inner_product(what.vector.begin(), what.vector.end(),
                                                  rows.values.data() + row * dimension, 0.0F);
        ++row;
    }
    return {};
}

Status LocalCorpus::add_word_scores(const LookUp& what, LookedUp& out) const {
    std::vector<storage::ChunkId> ids(what.word_scores_of.begin(), what.word_scores_of.end());
    std::sort(ids.begin(), ids.end());
    index::Filter only;
    only.allowed = &ids;
    LECTERN_ASSIGN(const WordHits found, word_hits(what.words, ids.size(), only));
    std::unordered_map<storage::ChunkId, std::size_t> places;
    for (std::size_t i = 0; i < found.hits.size(); ++i) places.emplace(found.hits[i].chunk, i);
    for (const storage::ChunkId chunk : what.word_scores_of) {
        const auto place = places.find(chunk);
        const bool there = place != places.end();
        out.word_scores.push_back(there ? found.hits[place->second].score : 0.0F);
        out.word_matches.push_back(there ? found.matches[place->second] : index::WordMatch{});
    }
    return {};
}

Result<LookedUp> LocalCorpus::look_up(const LookUp& what) const {
    LookedUp out;
    if (!what.documents_of.empty() || !what.vector_scores_of.empty()) {
        const storage::Reader reader = store_->reader();
        LECTERN_ASSIGN(out.documents, reader.documents_of(what.documents_of));
        if (!what.vector_scores_of.empty()) LECTERN_TRY(add_vector_scores(what, reader, out));
    }
    if (!what.word_scores_of.empty()) LECTERN_TRY(add_word_scores(what, out));
    return out;
}

Result<CorpusFigures> LocalCorpus::figures() const {
    const storage::Figures figures = store_->figures();
    return CorpusFigures{
        store_->disk_bytes(),
        store_->sequence(),
        {figures.block_cache_bytes, figures.block_cache_capacity, figures.memtable_bytes,
         figures.table_bytes, figures.pending_compaction_bytes, figures.running_compactions,
         figures.running_flushes, figures.slowed_writes, figures.stopped_writes,
         figures.writes_stopped}};
}

}  // namespace

Result<std::unique_ptr<Corpus>> open(const std::filesystem::path& folder, const Options& options) {
    LECTERN_ASSIGN(auto store, storage::Store::open(folder, {.create_if_missing = options.create}));
    return std::unique_ptr<Corpus>(std::make_unique<LocalCorpus>(std::move(store), options.log));
}

}  // namespace lectern::corpus::local
