// index/vector/segment.hpp: one sealed segment: an HNSW graph over rows that do not change, or
// lists of their codes (lists.hpp), and the cache file it is kept in (docs/on-disk-format.md).
// Internal to index/vector.
#pragma once

#include <faiss/IndexHNSW.h>
#include <faiss/IndexIVFPQ.h>

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "index/vector/vector_index.hpp"
#include "lectern/status.hpp"
#include "storage/store/types.hpp"

namespace lectern::index {

// What a cache file must have been made for to be used.
struct SegmentOwner {
    storage::Hash128 collection;
    storage::Hash128 fingerprint;  // of the generation, hashed
    storage::GenerationNumber generation = 0;
    std::uint32_t dimension = 0;
    storage::VectorEncoding vectors = storage::VectorEncoding::f32;
};

// Gives the inner product of one query with rows of one segment. Not for several threads.
using Scorer = std::unique_ptr<faiss::DistanceComputer>;

struct Segment {
    std::vector<storage::ChunkId> ids;         // of each row, ascending
    std::unique_ptr<faiss::IndexHNSW> graph;   // one of the two
    std::unique_ptr<faiss::IndexIVFPQ> lists;  // of the encoding pq
    std::vector<std::uint8_t> dead;            // of each row; guarded by the index's mutex
    std::size_t dead_count = 0;
    // Guarded by the index's mutex too. The file may lack the last rows: they come from the store.
    std::filesystem::path file;  // empty when there is none
    std::size_t rows_in_file = 0;

    [[nodiscard]] const faiss::Index& index() const {
        if (lists) return *lists;
        return *graph;
    }
    [[nodiscard]] Scorer scorer(std::span<const float> query) const;
    // As it is kept: of a lossy encoding near to the row that was added.
    void copy_row(std::size_t at, float* out) const;
    // Whether the row is this vector, as far as the encoding can keep it.
    [[nodiscard]] bool matches(std::size_t at, std::span<const float> vector,
                               storage::VectorEncoding encoding) const;
    // The row of a chunk, or ids.size().
    [[nodiscard]] std::size_t find(storage::ChunkId id) const;
    [[nodiscard]] bool has(storage::ChunkId id) const;
    [[nodiscard]] std::size_t live() const { return ids.size() - dead_count; }
    [[nodiscard]] std::size_t memory_bytes() const;
};

// Builds a graph from rows in ascending order of their ids; with a base, from a copy of its graph
// and the rows behind it, whose ids must be larger than all of the base's. Null when `stop` became
// true. Reads of the base only what does not change. Throws std::bad_alloc.
[[nodiscard]] std::shared_ptr<Segment> build_segment(
    const Segment* base, std::vector<storage::ChunkId> ids, const std::vector<float>& rows,
    std::uint32_t dimension, const VectorIndexOptions& options, const std::atomic<bool>& stop);

// Writes the cache file under a temporary name, syncs it, renames it, syncs the folder.
[[nodiscard]] Status save_segment(const Segment& segment, const SegmentOwner& owner,
                                  storage::Sequence sequence, const std::filesystem::path& file);

// Reads a cache file of a collection at `sequence`. corrupt or invalid_argument say what is wrong.
[[nodiscard]] Result<std::shared_ptr<Segment>> load_segment(const std::filesystem::path& file,
                                                            const SegmentOwner& owner,
                                                            storage::Sequence sequence);

}  // namespace lectern::index
