// index/vector/lists.hpp: segments of few bytes a row, for more rows than memory holds vectors of.
// Internal to index/vector.
//
// The rows lie in lists around centres, each as the codes of a product quantiser (Jegou, Douze and
// Schmid, "Product quantization for nearest neighbor search", 2011; FAISS's IndexIVFPQ): a byte for
// about six components, so 64 bytes for a vector of 384, and 16 more for its place. A search looks
// through the lists whose centres are nearest. What it finds is a guess, so it takes many more rows
// than are asked for, and the store's vectors, which are on disk, decide between them.
//
// Centres and codes are learned from a sample of the rows, and rows are read a few at a time: a
// segment of any size is built in the memory that it takes itself.
#pragma once

#include <faiss/IndexIVFPQ.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "index/vector/segment.hpp"
#include "lectern/status.hpp"

namespace lectern::index {

// Writes the vectors of these chunks to `out`, one behind the other; zeros for one that is gone.
using RowReader = std::function<Status(std::span<const storage::ChunkId> ids, float* out)>;

// As build_segment (segment.hpp): null when `stop` became true. A failure of `read` is passed on.
[[nodiscard]] Result<std::shared_ptr<Segment>> build_lists(
    const Segment* base, std::vector<storage::ChunkId> ids, const RowReader& read,
    std::uint32_t dimension, const VectorIndexOptions& options, const std::atomic<bool>& stop);

// Whether so many rows more do well with what was learned from the first ones.
[[nodiscard]] bool can_take(const faiss::IndexIVFPQ& lists, std::size_t rows);

// How many lists a search without a filter looks through.
[[nodiscard]] std::size_t lists_looked_through(const faiss::IndexIVFPQ& lists);

// Whether FAISS read what was promised, and every row lies in one place.
[[nodiscard]] bool fits(const faiss::IndexIVFPQ& lists, std::uint32_t dimension,
                        std::uint64_t count);

[[nodiscard]] Scorer scorer_of(const faiss::IndexIVFPQ& lists);

// Whether the codes of a row are about as near to this vector as codes can be.
[[nodiscard]] bool matches(const faiss::IndexIVFPQ& lists, std::size_t row,
                           std::span<const float> vector);

[[nodiscard]] std::size_t memory_bytes(const faiss::IndexIVFPQ& lists);

}  // namespace lectern::index
