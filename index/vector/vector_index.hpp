// index/vector/vector_index.hpp: nearest chunks by inner product, over FAISS. Derived from the
// store.
//
//     auto index = VectorIndex::open(store, {.generation = 1, .threads = 2});
//     auto done = store.commit(group);
//     (*index)->apply(done->change, rows);       // visible to the next search
//     auto hits = (*index)->search(query, 10);   // best first
//
// Rows live in an exact tail (a plain matrix) until the tail reaches `seal_at`; then a background
// thread puts them into a segment: an HNSW graph (Malkov and Yashunin, "Efficient and robust
// approximate nearest neighbor search using hierarchical navigable small world graphs", 2016). The
// rows go into a copy of a segment that is not much larger, or into a new one. Removed rows are
// marked and left out at once; a segment with many of them is built anew, and segments of one size
// are merged. Searches never wait for a build, and the threads that build are nice to them; none
// of those takes a lock that a search takes.
//
// Segments keep their rows as f32, or as bf16, f16 or int8 (eight bits a component, the range of
// each learned from the segment's first rows). Then the best rows are scored once more from the
// store's f32 vectors, so that scores are the same for every encoding. With pq a segment is no
// graph but lists of short codes (lists.hpp), for more rows than memory has room for vectors of.
//
// Segments are kept as files in the collection's index folder. They are caches: each is stamped and
// checksummed (docs/on-disk-format.md); one that does not check out is deleted, its rows are read
// from the store and searched exactly until the next build. What is in the index is decided by the
// store alone: open() compares every segment with the chunks that the store has.
//
// Scores are inner products: for vectors of length 1 that is the cosine. HNSW expects rows of
// about equal length.
//
// All functions may be called from any thread. One VectorIndex per collection and generation at a
// time. The store must outlive the index.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "index/hits.hpp"
#include "lectern/status.hpp"
#include "storage/store/store.hpp"

namespace lectern::index {

struct VectorIndexOptions {
    storage::GenerationNumber generation = 0;  // 0: the one that the store serves
    unsigned threads = 1;                      // for building segments; a search uses its caller's
    std::size_t seal_at = 5000;                // rows in the tail that start a build, 1 or more
    storage::VectorEncoding vectors = storage::VectorEncoding::f32;  // of rows in segments
    int links = 32;            // HNSW: M, edges of a node; 2 to 128, more is better and bigger
    int ef_construction = 64;  // HNSW: breadth of the search when a row is added
    int ef_search = 64;        // HNSW: breadth of a search; at least k is used
    bool build_in_background = true;  // false: segments are built only by flush(), for tests
    // What was found wrong with a cache file, or went wrong in the background. Called from open()
    // or the background thread, one message a call; may be empty.
    std::function<void(std::string_view)> log{};
};

struct VectorIndexStatistics {
    std::size_t rows = 0;  // that can be found
    std::size_t segments = 0;
    std::size_t segment_rows = 0;  // removed ones included
    std::size_t tail_rows = 0;     // removed ones included
    std::size_t tombstones = 0;    // removed rows still in segments and tail
    std::size_t memory_bytes = 0;
    std::size_t disk_bytes = 0;  // of the cache files
    bool building = false;       // the background thread has work
};

class VectorIndex {
 public:
    // Loads the cached segments that check out and reads the other rows from the store: when it
    // returns, the index answers for exactly the chunks that the store had at store.sequence().
    // Segment files of another encoding than the options' are deleted and built again.
    // No commit may run meanwhile. Of pq, many rows without a segment are put into one before it
    // returns, since the tail would keep their whole vectors. invalid_argument when there is no
    // such generation; failures of the store are passed on; failures of cache files are not
    // failures.
    [[nodiscard]] static Result<std::unique_ptr<VectorIndex>> open(const storage::Store& store,
                                                                   VectorIndexOptions options = {});
    // Deletes the cache files of generations that the collection has no more. No index of such a
    // generation may be open.
    static void remove_stale_files(const storage::Store& store);
    ~VectorIndex();  // gives up a build that is under way and joins its thread
    VectorIndex(const VectorIndex&) = delete;
    VectorIndex& operator=(const VectorIndex&) = delete;

    // Follows one commit: takes the rows of change.added (`rows`: their vectors, in that order, row
    // by row; or nothing when they have none in this generation) and leaves out change.removed.
    // Both become visible at once. Commits may arrive in any order, as they do when several threads
    // commit and then apply: a chunk removed by a commit that arrived first does not come back.
    // Every commit must be applied, also one that only deletes, and one that was applied is ignored
    // when it comes again. invalid_argument when the number of values does not fit.
    [[nodiscard]] Status apply(const storage::Change& change, std::span<const float> rows);

    // The k nearest, best first; equal scores by ascending chunk id. Fewer when there are fewer.
    // Where a filter leaves few rows, those are compared one by one, so that they are all found.
    // invalid_argument for a query of another dimension or with a component that is not finite.
    // A search sees all commits applied before it began, each wholly or not at all.
    [[nodiscard]] Result<std::vector<Scored>> search(std::span<const float> query, std::size_t k,
                                                     const Filter& filter = {}) const;

    // The score of each of these chunks, as search() gives it: without reading the store. Nothing
    // for a chunk that is not in the index, and for all where segments keep rows in a lossy
    // encoding. The query must have the index's dimension, else there is nothing either.
    [[nodiscard]] std::vector<std::optional<float>> scores(
        std::span<const float> query, std::span<const storage::ChunkId> chunks) const;

    // Does the building that is due and leaves the segments on disk. Waits for it.
    [[nodiscard]] Status flush();
    // Returns when the background thread has nothing to do: all that was due has been built, has
    // failed, or there is no such thread. Builds nothing itself.
    void wait_until_built() const;

    // Every commit up to this one has been applied.
    [[nodiscard]] storage::Sequence sequence() const;
    [[nodiscard]] std::uint32_t dimension() const noexcept;
    [[nodiscard]] storage::GenerationNumber generation() const noexcept;
    [[nodiscard]] VectorIndexStatistics statistics() const;

 private:
    class Impl;
    explicit VectorIndex(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace lectern::index
