// storage/store/store.hpp: one collection on disk, over RocksDB. The only source of truth.
//
//     auto store = Store::open("notes", {.create_if_missing = true});
//     if (!store) return store.status();
//     WriteGroup group;
//     group.puts.push_back({.id = "a.md", .text = "..."});
//     auto done = (*store)->commit(group);            // on disk when ok
//     auto document = (*store)->reader().document("a.md");
//
// A collection is a folder: DIR/store/ is RocksDB's and DIR/index/ holds caches that may be deleted
// at any time. Every byte is described in docs/on-disk-format.md.
//
// One Store owns a collection; a second open, from this process or another, is refused. All
// functions may be called from any thread: writes wait for each other, reads wait for nobody.
//
// Expected failures: invalid_argument (what was passed in), not_found, unavailable (opened
// elsewhere), unsupported (a newer format), corrupt (damaged bytes, found by RocksDB's block
// checksums), resource_exhausted (disk full), internal (other input/output errors).
#pragma once

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

#include "lectern/status.hpp"
#include "storage/store/derived.hpp"
#include "storage/store/sources.hpp"
#include "storage/store/types.hpp"

namespace rocksdb {
class Env;
}

namespace lectern::storage {

// The version of the on-disk format that this code writes. A collection of a later one is refused;
// one of an earlier one is brought to this one when it is opened to write. docs/on-disk-format.md
// says what changed.
inline constexpr std::uint32_t format_version = 3;
inline constexpr std::uint32_t oldest_format_version = 1;

struct OpenOptions {
    bool create_if_missing = false;
    bool error_if_exists = false;
    bool read_only = false;                      // writes are refused, and no file is changed
    std::size_t block_cache_bytes = 32u << 20;   // decoded blocks, table indexes and filters
    std::size_t write_buffer_bytes = 32u << 20;  // written but not yet in table files
    int background_threads = 2;                  // flushes and compactions, 1 or more
    // For tests, storage/testing/faulty_environment.hpp; null: the machine's. Outlives the Store.
    rocksdb::Env* environment = nullptr;
    // When this many chunks were removed, and more than are left, their space on disk is given back
    // in the background.
    std::uint64_t reclaim_at = 10'000;
};

// How RocksDB is at this moment.
struct Figures {
    std::uint64_t block_cache_bytes = 0;
    std::uint64_t block_cache_capacity = 0;
    std::uint64_t memtable_bytes = 0;  // flushed ones that a reader holds included
    std::uint64_t table_bytes = 0;     // of the table files of the current version
    std::uint64_t pending_compaction_bytes = 0;
    std::uint64_t running_compactions = 0;
    std::uint64_t running_flushes = 0;
    std::uint64_t slowed_writes = 0;  // since the open
    std::uint64_t stopped_writes = 0;
    bool writes_stopped = false;
};

class Database;   // RocksDB and its column families, storage/store/database.hpp
class Reclaimer;  // storage/maintenance/reclaim.hpp

// The collection as it was when the reader was made: later commits do not show. Cheap to make; make
// one for each request, because an old one keeps deleted data on disk. Must not outlive its Store.
// Any thread, also several at once.
class Reader {
 public:
    ~Reader();
    Reader(Reader&& other) noexcept;
    Reader& operator=(Reader&& other) noexcept;

    // The number of the last commit that this reader sees.
    [[nodiscard]] Sequence sequence() const noexcept;
    [[nodiscard]] const Counters& counters() const noexcept;

    // not_found names the document.
    [[nodiscard]] Result<DocumentHeader> header(std::string_view id) const;
    [[nodiscard]] Result<DocumentHeader> header(Ordinal ordinal) const;
    [[nodiscard]] Result<Document> document(std::string_view id) const;

    // The bytes [begin, end) of a document's text; reads no more than the 64 KiB blocks they lie
    // in. invalid_argument when the range does not lie in the text.
    [[nodiscard]] Result<std::string> text(const DocumentHeader& document, std::uint64_t begin,
                                           std::uint64_t end) const;

    [[nodiscard]] Result<Chunk> chunk(ChunkId id) const;
    // All chunks of one document, in order.
    [[nodiscard]] Result<std::vector<Chunk>> chunks(const DocumentHeader& document) const;

    // For search results: one entry for each id, in order; empty where the chunk is gone (replaced
    // or deleted since the index answered).
    [[nodiscard]] Result<std::vector<std::optional<ChunkView>>> chunk_views(
        std::span<const ChunkId> ids, bool with_text = true) const;

    // The document that each chunk is of, in order; 0 where the chunk is gone.
    [[nodiscard]] Result<std::vector<Ordinal>> documents_of(std::span<const ChunkId> ids) const;

    // Documents in byte order of their ids, after `after` (from the first when empty), until
    // `visit` returns false.
    [[nodiscard]] Status for_each_document(const std::function<bool(const DocumentHeader&)>& visit,
                                           std::string_view after = {}) const;

    // Every chunk there is, as ascending ranges that do not touch.
    [[nodiscard]] Result<std::vector<ChunkRange>> live_chunks() const;

    // Rows of one generation for a range of chunks, ascending. Chunks without a vector are left
    // out: `found` gives the ids of the rows in `values`.
    struct Vectors {
        std::vector<ChunkId> found;
        std::vector<float> values;  // found.size() * dimension
    };
    [[nodiscard]] Result<Vectors> vectors(GenerationNumber generation, ChunkRange range) const;
    // The same for chunks in any order, each once: `found` keeps the order.
    [[nodiscard]] Result<Vectors> vectors(GenerationNumber generation,
                                          std::span<const ChunkId> chunks) const;

    // All vectors of a generation with chunk id >= from, ascending, in spans of at most `rows`
    // rows; the spans are valid during the call. Stops when `visit` returns false.
    using VisitVectors =
        std::function<bool(std::span<const ChunkId> ids, std::span<const float> values)>;
    [[nodiscard]] Status scan_vectors(GenerationNumber generation, ChunkId from,
                                      const VisitVectors& visit, std::size_t rows = 1024) const;

    // The commits after `after`, oldest first. not_found when that part of the log is pruned: the
    // last `kept_changes` commits are kept.
    [[nodiscard]] Result<std::vector<Change>> changes(Sequence after) const;
    static constexpr Sequence kept_changes = 65536;

    // Documents in the order in which they were committed, which is that of their chunks, until
    // `visit` returns false.
    [[nodiscard]] Status for_each_version(
        const std::function<bool(const DocumentHeader&)>& visit) const;

    // Where documents came from, and what is kept in step (storage/store/sources.hpp).
    [[nodiscard]] Result<Origin> origin(Ordinal document) const;  // an empty one when not known
    // In order of ordinal. The document may be gone when an older version of Lectern removed it.
    [[nodiscard]] Status for_each_origin(
        const std::function<void(Ordinal document, const Origin& origin)>& visit) const;
    [[nodiscard]] Status for_each_synced_file(
        const std::function<void(const SyncedFile& file)>& visit) const;
    [[nodiscard]] Result<std::vector<SourceFolder>> sources() const;  // in order of path

    // Whether ingests keep the files that documents come from; and that of one version of a
    // document, where it was kept.
    [[nodiscard]] Result<bool> keeps_originals() const;
    [[nodiscard]] Result<std::optional<OriginalHead>> original_head(Ordinal document) const;
    [[nodiscard]] Result<std::optional<std::string>> original(Ordinal document) const;

    // Derived rows (storage/store/derived.hpp) from `begin` to before `end` (empty: the last one).
    // `all`: for reading much of the column once.
    [[nodiscard]] DerivedCursor derived(std::string_view begin, std::string_view end,
                                        bool all = false) const;
    // One entry for each key, in order; empty where there is no such row.
    [[nodiscard]] Result<std::vector<std::optional<std::string>>> derived_values(
        std::span<const std::string> keys) const;

 private:
    friend class Store;
    class Pinned;
    explicit Reader(std::unique_ptr<Pinned> pinned);
    std::unique_ptr<Pinned> pinned_;
};

class Store {
 public:
    // Opens the collection in `folder`. not_found when there is none (and create_if_missing is
    // false); invalid_argument when the folder holds something else; unavailable when it is open
    // already; unsupported when it was written by a newer version; corrupt when RocksDB says so.
    [[nodiscard]] static Result<std::unique_ptr<Store>> open(const std::filesystem::path& folder,
                                                             const OpenOptions& options = {});

    ~Store();  // closes; what was committed without sync is written to disk first
    Store(const Store&) = delete;
    Store& operator=(const Store&) = delete;

    [[nodiscard]] const std::filesystem::path& folder() const noexcept;
    [[nodiscard]] std::filesystem::path index_folder() const;  // exists

    // ---- what the collection is. Setters are atomic and on disk when ok; they leave sequence()
    // alone.
    [[nodiscard]] CollectionMeta meta() const;
    [[nodiscard]] Status set_pipeline(std::string_view name, std::string_view yaml,
                                      std::string_view folder = {});
    // Adds a generation with the next free number; number and created_at are filled in. The first
    // one becomes the serving one.
    [[nodiscard]] Result<Generation> add_generation(Generation generation);
    [[nodiscard]] Status serve_generation(GenerationNumber number);
    // The same, and the pipeline with it: both or neither.
    [[nodiscard]] Status cut_over(GenerationNumber number, std::string_view pipeline_name,
                                  std::string_view pipeline_yaml,
                                  std::string_view pipeline_folder = {});
    // Removes a generation and its vectors; not the serving one. Their space is given back before
    // it returns, except for what readers made earlier still hold. `removed` is called when the
    // vectors are gone for new readers: who keeps an older one takes a new one then.
    [[nodiscard]] Status drop_generation(GenerationNumber number,
                                         const std::function<void()>& removed = {});

    // ---- writing
    // All of the group or nothing, as one RocksDB write. With sync it is on disk when ok; without,
    // a power failure (not a crash of the process) may take the latest commits back, in order.
    // Each commit raises sequence() by one; an empty group is ok and changes nothing. The vectors'
    // sizes and chunk ranges are checked first. After an input/output error the store takes no
    // further writes (see writable()) and still reads; whether the failed group is there shows
    // after the next open. What `derive` gives is written with it.
    [[nodiscard]] Result<CommitResult> commit(const WriteGroup& group, bool sync = true,
                                              const Derive& derive = {});
    // Vectors for chunks that are there already: a row of the generation's dimension for each, in
    // the chunks' order. Those of chunks that are gone are left out; the result counts the others.
    // All of them or none, on disk when ok; sequence() stays.
    [[nodiscard]] Result<std::uint64_t> add_vectors(GenerationNumber number,
                                                    std::span<const ChunkId> chunks,
                                                    std::span<const float> rows);
    // All of the rows or none; sequence() stays.
    [[nodiscard]] Status write_derived(const DerivedRows& rows, bool sync = true);
    // All of the rows or none, on disk when ok; sequence() stays.
    [[nodiscard]] Status write_sources(const SourceRows& rows);
    // Ok, or why the store takes no more writes and what to do.
    [[nodiscard]] Status writable() const;

    // ---- reading
    [[nodiscard]] Reader reader() const;
    [[nodiscard]] Counters counters() const;
    [[nodiscard]] Sequence sequence() const;
    [[nodiscard]] Figures figures() const;
    // Of the whole folder, caches included.
    [[nodiscard]] std::uint64_t disk_bytes() const;

    // ---- upkeep
    [[nodiscard]] Status flush();    // moves everything written into table files
    [[nodiscard]] Status compact();  // gives the space of deleted data back; takes a while
    // Whether the space of a mass deletion is being given back.
    [[nodiscard]] bool reclaiming() const;
    void wait_until_reclaimed() const;
    // Reads every block and checks its checksum; corrupt names the file.
    [[nodiscard]] Status verify_checksums() const;
    // Closes early and says whether that worked. Afterwards only the destructor may be called.
    [[nodiscard]] Status close();

    // For the rest of storage/.
    [[nodiscard]] const Database& database() const noexcept { return *database_; }

 private:
    Store(std::unique_ptr<Database> database, const OpenOptions& options);
    std::unique_ptr<Database> database_;
    std::unique_ptr<Reclaimer> reclaimer_;  // ends before the database
};

}  // namespace lectern::storage
