// index/vector/segment.hpp: one sealed segment: an HNSW graph over rows that do not change, and the
// cache file it is kept in (docs/on-disk-format.md). Internal to index/vector.
#pragma once

#include <faiss/IndexHNSW.h>

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "index/vector/vector_index.hpp"
#include "lectern/status.hpp"
#include "storage/types.hpp"

namespace lectern::index {

// What a cache file must have been made for to be used.
struct SegmentOwner {
    storage::Hash128 collection;
    storage::Hash128 fingerprint;  // of the generation, hashed
    storage::GenerationNumber generation = 0;
    std::uint32_t dimension = 0;
};

struct Segment {
    std::vector<storage::ChunkId> ids;  // of each row, ascending
    std::unique_ptr<faiss::IndexHNSWFlat> graph;
    std::vector<std::uint8_t> dead;  // of each row; guarded by the index's mutex
    std::size_t dead_count = 0;
    std::filesystem::path file;  // empty when it could not be written

    [[nodiscard]] const float* row(std::size_t at) const;
    // The row of a chunk, or ids.size().
    [[nodiscard]] std::size_t find(storage::ChunkId id) const;
    [[nodiscard]] std::size_t live() const { return ids.size() - dead_count; }
    [[nodiscard]] std::size_t memory_bytes() const;
};

// Builds a segment from rows in ascending order of their ids. Null when `stop` became true.
// Throws std::bad_alloc.
[[nodiscard]] std::shared_ptr<Segment> build_segment(std::vector<storage::ChunkId> ids,
                                                     const std::vector<float>& rows,
                                                     std::uint32_t dimension,
                                                     const VectorIndexOptions& options,
                                                     const std::atomic<bool>& stop);

// Writes the cache file under a temporary name, syncs it, renames it, syncs the folder.
[[nodiscard]] Status save_segment(const Segment& segment, const SegmentOwner& owner,
                                  storage::Sequence sequence, const std::filesystem::path& file);

// Reads a cache file of a collection at `sequence`. corrupt or invalid_argument say what is wrong.
[[nodiscard]] Result<std::shared_ptr<Segment>> load_segment(const std::filesystem::path& file,
                                                            const SegmentOwner& owner,
                                                            storage::Sequence sequence);

}  // namespace lectern::index
