// corpus/corpus.hpp: where the documents of a collection live.
//
//     engine → Corpus ─┬ local       RocksDB, FAISS, our BM25 and metadata index (corpus/local)
//                      └ opensearch  a cluster of an engine that exists (corpus/opensearch)
//
// One interface, so that ingest, search, answers and upkeep are the same wherever documents live.
// It is drawn for a backend that is a network away: calls are coarse and take batches, every one
// may fail, and none relies on what another call saw. Ids of chunks and ordinals of documents are
// names that a backend gives; nothing but equality and order is to be read from them, and that the
// chunks of one document are one range of them.
//
// What is acknowledged is kept as the backend promises (docs/durability.md, docs/cluster.md) and is
// found by the next search; a deleted document is found by none. A backend that cannot do something
// says so (unsupported, with its name), and does nothing else in its place.
//
// Threads: every function from any thread, also several at once. Writes to one Corpus are one at a
// time: the caller sees to it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "corpus/values.hpp"
#include "lectern/lectern.hpp"
#include "text/language.hpp"
#include "text/text.hpp"

namespace lectern::index {
class Synonyms;  // index/lexical/synonyms.hpp
}

namespace lectern::corpus {

// A document with all that belongs to it.
struct StoredDocument {
    storage::DocumentHeader header{};
    std::string text{};
    std::vector<storage::Chunk> chunks{};  // in order
};

// Rows of one generation: those of chunks without a vector are left out.
struct VectorRows {
    std::vector<storage::ChunkId> found;  // in the order that was asked
    std::vector<float> values;            // found.size() * dimension
};

// Reads what is there. A local one sees one moment, that of its making; others see at least what
// was acknowledged before it was made, so that a document may be gone from one call to the next.
// Short-lived: make one for each request. The Corpus must outlive it.
class Reader {
 public:
    virtual ~Reader() = default;

    // not_found names the document.
    [[nodiscard]] virtual Result<storage::DocumentHeader> header(std::string_view id) const = 0;
    [[nodiscard]] virtual Result<storage::DocumentHeader> header(
        storage::Ordinal document) const = 0;
    [[nodiscard]] virtual Result<StoredDocument> document(std::string_view id) const = 0;

    // In byte order of their ids, after `after` (from the first when empty), until `visit` returns
    // false.
    [[nodiscard]] virtual Status each_header(
        const std::function<bool(const storage::DocumentHeader&)>& visit,
        std::string_view after = {}) const = 0;
    [[nodiscard]] virtual Status each_document(
        const std::function<bool(const StoredDocument&)>& visit,
        std::string_view after = {}) const = 0;

    // One entry for each id, in order; empty where the chunk is gone.
    [[nodiscard]] virtual Result<std::vector<std::optional<storage::ChunkView>>> chunk_views(
        std::span<const storage::ChunkId> ids, bool with_text = true) const = 0;
    [[nodiscard]] virtual Result<VectorRows> vectors(
        storage::GenerationNumber generation, std::span<const storage::ChunkId> chunks) const = 0;
    // Chunks that lie evenly over all, ascending; at most `most`.
    [[nodiscard]] virtual Result<std::vector<storage::ChunkId>> sample(std::size_t most) const = 0;

    // Where documents came from, and what is kept in step with them.
    [[nodiscard]] virtual Result<storage::Origin> origin(
        storage::Ordinal document) const = 0;  // an empty one when not known
    [[nodiscard]] virtual Status each_origin(
        const std::function<void(storage::Ordinal document, const storage::Origin& origin)>& visit)
        const = 0;
    [[nodiscard]] virtual Status each_synced_file(
        const std::function<void(const storage::SyncedFile& file)>& visit) const = 0;
    [[nodiscard]] virtual Result<std::vector<storage::SourceFolder>> sources()
        const = 0;  // in order of path

    // The files themselves, where the collection keeps them; a cluster keeps none.
    [[nodiscard]] virtual Result<bool> keeps_originals() const { return false; }
    [[nodiscard]] virtual Result<std::optional<storage::OriginalHead>> original_head(
        storage::Ordinal /*document*/) const {
        return std::optional<storage::OriginalHead>();
    }
    [[nodiscard]] virtual Result<std::optional<std::string>> original(
        storage::Ordinal /*document*/) const {
        return std::optional<std::string>();
    }
};

// ------------------------------------------------------------------ searching

// The documents that a condition lets through, as the backend keeps them.
class Selection {
 public:
    virtual ~Selection() = default;
};

struct Narrowed {
    std::shared_ptr<const Selection> selection{};  // null: all documents
    std::uint64_t chunks = 0;                      // of the selection, where they are counted
    std::vector<Facet> facets{};
    std::vector<std::string> hints{};
};

// How a text is read as a query.
struct ReadOptions {
    bool plain = false;   // prose: quotation marks, '-' and '*' mean nothing
    bool prefix = false;  // the last word may be the beginning of one
    bool typos = true;    // words that no chunk has are looked for as if mistyped
    const index::Synonyms* synonyms = nullptr;  // borrowed as long as the query; null: none
};

// A text that was read as a query (docs/search.md), once for all that is asked with it. Threads:
// all functions from any.
class Words {
 public:
    virtual ~Words() = default;
    // The text without the signs of the language and without what it excludes: for those who read
    // prose, such as an embedder. "": nothing is asked for but conditions.
    [[nodiscard]] virtual const std::string& plain() const noexcept = 0;
    [[nodiscard]] virtual bool has_words() const noexcept = 0;
    // Phrases, beginnings or exclusions: what a chunk must be, however it is found.
    [[nodiscard]] virtual bool has_conditions() const noexcept = 0;
    // Whether Corpus::meeting leaves chunks in that only their text can rule out.
    [[nodiscard]] virtual bool must_read() const noexcept = 0;
    // Whether a chunk meets the conditions.
    [[nodiscard]] virtual bool met_by(std::string_view title, std::string_view chunk) const = 0;
    // Where words of the query stand in a text: ascending, apart.
    [[nodiscard]] virtual std::vector<text::Range> marks(std::string_view text) const = 0;
    // For people: what was looked for in place of a word that nothing has.
    [[nodiscard]] virtual const std::vector<std::string>& hints() const noexcept = 0;
};

// Chunks by the words of a text, ranked by BM25.
struct WordQuery {
    std::string_view text{};
    const Words* words = nullptr;  // of this corpus; null: the text is read for this call alone
    // What is searched within is what meets the conditions of the words already.
    bool within_conditions = false;
    double k1 = 1.5;
    double b = 0.75;
    double title_boost = 2.0;
    std::function<bool()> stopped{};  // asked now and then; true ends the search early
};

struct WordHits {
    std::vector<index::Scored> hits{};  // best first; equal scores by ascending chunk id
    // About what a chunk of average length scores that has each of the query's content words once;
    // 0: not known.
    double asked = 0;
    // Of each hit; empty: not known.
    std::vector<index::WordMatch> matches{};
    double known = 0;   // as `asked`, of those words alone that some chunk has
    double rarest = 0;  // what a word weighs that one chunk alone has; 0: not known
};

// What is asked about chunks that a search has found, all of it in one call. Empty parts are not
// asked.
struct LookUp {
    std::span<const storage::ChunkId> documents_of{};
    std::span<const float> vector{};
    storage::GenerationNumber generation = 0;  // of the vector
    std::span<const storage::ChunkId> vector_scores_of{};
    WordQuery words{};
    std::span<const storage::ChunkId> word_scores_of{};
};

struct LookedUp {
    std::vector<storage::Ordinal> documents{};          // 0: the chunk is gone
    std::vector<std::optional<float>> vector_scores{};  // nothing: it has no such vector
    std::vector<float> word_scores{};                   // 0: none of the words
    std::vector<index::WordMatch> word_matches{};       // empty: not known
};

struct VectorStatistics {
    std::uint64_t rows = 0;  // that can be found
    std::uint64_t segments = 0;
    std::uint64_t tail_rows = 0;  // searched exactly
};

// The vectors of one generation, open for search. Requests hold it as long as they search, also
// when another generation has taken over.
class Vectors {
 public:
    virtual ~Vectors() = default;
    [[nodiscard]] virtual storage::GenerationNumber generation() const noexcept = 0;
    [[nodiscard]] virtual std::uint32_t dimension() const noexcept = 0;
    // The k nearest by inner product, best first; `within`: null for all.
    [[nodiscard]] virtual Result<std::vector<index::Scored>> search(
        std::span<const float> query, std::size_t k, const Selection* within = nullptr) const = 0;
    // The score of each chunk, where it is known at no cost; look_up() knows the others.
    [[nodiscard]] virtual std::vector<std::optional<float>> scores(
        std::span<const float> /*query*/, std::span<const storage::ChunkId> chunks) const {
        return std::vector<std::optional<float>>(chunks.size());
    }
    // What a search finds of the k nearest, against every vector there is. Without `seconds`.
    [[nodiscard]] virtual Result<RecallSample> recall(
        std::span<const float> query, std::size_t k,
        const std::function<bool()>& stopped = {}) const = 0;
    [[nodiscard]] virtual Result<VectorStatistics> statistics() const = 0;
    // Does the building that is due, and waits for it.
    [[nodiscard]] virtual Status flush() = 0;
};

struct VectorOptions {
    storage::GenerationNumber generation = 0;
    unsigned threads = 1;
    std::size_t seal_at = 5000;  // vectors that are searched one by one before a graph is built
    storage::VectorEncoding encoding = storage::VectorEncoding::f32;
    bool build_in_background = true;
};

struct WordOptions {
    std::optional<text::Language> language{};  // of the stems; empty: guessed for each document
    bool stop_words = true;                    // false: they are left out
};

// ------------------------------------------------------------------ the corpus

struct CorpusFigures {
    std::uint64_t disk_bytes = 0;
    storage::Sequence sequence = 0;  // of the last commit, where commits are counted
    StoreFigures store{};
};

class Corpus {
 public:
    virtual ~Corpus() = default;

    // For people: the folder, or the cluster and the name there.
    [[nodiscard]] virtual std::string where() const = 0;

    // ---- what the collection is. Each change is whole or not at all, and kept when ok.
    [[nodiscard]] virtual Result<storage::CollectionMeta> meta() const = 0;
    [[nodiscard]] virtual Status set_pipeline(std::string_view name, std::string_view yaml,
                                              std::string_view folder) = 0;
    // Whether other programs may write to it at the same time: what is read of it may be past.
    [[nodiscard]] virtual bool shared() const noexcept { return false; }
    // False: another program has made another generation serve, which meta() names. As far as was
    // seen by other calls; asks nobody.
    [[nodiscard]] virtual bool serves(storage::GenerationNumber /*generation*/) const noexcept {
        return true;
    }
    // With the next free number. The first one serves.
    [[nodiscard]] virtual Result<storage::Generation> add_generation(
        storage::Generation generation) = 0;
    // The generation serves, and the pipeline with it: both or neither.
    [[nodiscard]] virtual Status cut_over(storage::GenerationNumber number,
                                          std::string_view pipeline_name,
                                          std::string_view pipeline_yaml,
                                          std::string_view pipeline_folder) = 0;
    // With its vectors; not the serving one. No Vectors of it may be held.
    [[nodiscard]] virtual Status drop_generation(storage::GenerationNumber number) = 0;
    // Those before the one that serves, and what an interrupted change of model left of them.
    [[nodiscard]] virtual Status drop_older_generations() = 0;

    // ---- what searches need. Words are opened once, before the first write or search; without
    // options: as they were made.
    [[nodiscard]] virtual Status open_words(const std::optional<WordOptions>& options) = 0;
    [[nodiscard]] virtual bool words_open() const noexcept = 0;
    [[nodiscard]] virtual Result<std::shared_ptr<Vectors>> open_vectors(
        const VectorOptions& options) = 0;

    // ---- writing. Ok, or why the corpus does not take such a document.
    [[nodiscard]] virtual Status accepts(const storage::PutDocument& /*document*/) const {
        return {};
    }
    // How long what is ready to be committed may wait for more: what a commit costs beside its
    // documents.
    [[nodiscard]] virtual std::chrono::milliseconds commit_every() const noexcept {
        return std::chrono::milliseconds(100);
    }
    // All of a group or nothing of each of its documents: a reader finds the old
    // version of a document or the new one, never a mixture. `vectors`: those that serve and follow
    // the commit; null when the collection is open without models.
    [[nodiscard]] virtual Result<storage::CommitResult> commit(const storage::WriteGroup& group,
                                                               Vectors* vectors) = 0;
    // For chunks that are there already, a row for each; those that are gone are left out, and the
    // result counts the others.
    [[nodiscard]] virtual Result<std::uint64_t> add_vectors(
        storage::GenerationNumber generation, std::span<const storage::ChunkId> chunks,
        std::span<const float> rows) = 0;
    [[nodiscard]] virtual Status write_sources(const storage::SourceRows& rows) = 0;

    // ---- reading
    [[nodiscard]] virtual std::unique_ptr<Reader> reader() const = 0;
    [[nodiscard]] virtual Result<storage::Counters> counters() const = 0;
    [[nodiscard]] virtual Result<std::uint64_t> vector_count(
        storage::GenerationNumber generation) const = 0;
    // Chunks without a vector of the generation, a group a call; a failure of `visit` ends it and
    // is the result. `seen`: empty the first time; then only what came since the call before is
    // looked at. The result: how many of those that were looked at have one.
    [[nodiscard]] virtual Result<std::uint64_t> each_without_vector(
        storage::GenerationNumber generation, std::optional<storage::Sequence>& seen,
        const std::function<Status(std::span<const storage::ChunkId>)>& visit) const = 0;

    // The ids of the documents that pass the filter, in order of bytes.
    [[nodiscard]] virtual Result<Selected> select(std::string_view filter) const = 0;

    // ---- reading queries. `read` in the way that every backend can: words as they are, conditions
    // by the chunks' texts.
    [[nodiscard]] virtual Result<std::unique_ptr<Words>> read(std::string_view text,
                                                              const ReadOptions& options) const;
    // The words that set a document of so many chunks apart, and that others have too, `most` at
    // most, as a query.
    [[nodiscard]] virtual Result<std::unique_ptr<Words>> read_like(std::string_view title,
                                                                   std::string_view text,
                                                                   std::size_t chunks,
                                                                   std::size_t most) const;
    // Of the selection (null: of all) the documents' chunks that may meet the conditions of the
    // words: all that do, and where the words must_read(), others.
    [[nodiscard]] virtual Result<std::shared_ptr<const Selection>> meeting(
        const Words& words, std::shared_ptr<const Selection> within) const;

    // ---- searching. The filter's errors are invalid_argument and name the column. Facets count
    // the documents that pass the filter.
    [[nodiscard]] virtual Result<Narrowed> narrow(std::string_view filter,
                                                  const std::vector<std::string>& facets) const = 0;
    [[nodiscard]] virtual Result<WordHits> search_words(
        const WordQuery& query, std::size_t k, const Selection* within = nullptr) const = 0;
    [[nodiscard]] virtual Result<LookedUp> look_up(const LookUp& what) const = 0;
    // Orders hits by a field, those without it last; hits that are equal stay as they are. A hint
    // when no document has the field.
    [[nodiscard]] virtual Status sort(const SortField& by, std::vector<Hit>& hits,
                                      std::vector<std::string>& hints) const = 0;

    // ---- maintenance
    [[nodiscard]] virtual Result<CorpusFigures> figures() const = 0;
    [[nodiscard]] virtual Status flush() = 0;
    [[nodiscard]] virtual Result<BackupInfo> backup(const std::filesystem::path& to,
                                                    const BackupOptions& options) const = 0;
    [[nodiscard]] virtual Result<VerifyReport> verify(const VerifyOptions& options) const = 0;
};

}  // namespace lectern::corpus
