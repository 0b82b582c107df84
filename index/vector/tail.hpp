// index/vector/tail.hpp: the rows that are in no segment yet: a plain matrix, searched exactly.
// Internal to index/vector.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <unordered_map>
#include <vector>

#include "index/vector/best.hpp"
#include "storage/store/types.hpp"

namespace lectern::index {

// Guarded by the index's mutex.
class Tail {
 public:
    explicit Tail(std::uint32_t dimension) : dimension_(dimension) {}

    // False when the chunk is there already.
    bool add(storage::ChunkId id, std::span<const float> row);
    // False when it is not there. The place is given back later, by compact().
    bool remove(storage::ChunkId id);
    [[nodiscard]] bool worth_compacting() const;
    void compact();

    // The row of a chunk, or null.
    [[nodiscard]] const float* find(storage::ChunkId id) const;
    void search(std::span<const float> query, const std::function<bool(storage::ChunkId)>& allows,
                Best& best) const;
    // All rows, in ascending order of their ids.
    void copy(std::vector<storage::ChunkId>& ids, std::vector<float>& rows) const;

    [[nodiscard]] std::size_t live() const { return ids_.size() - removed_; }
    [[nodiscard]] std::size_t rows() const { return ids_.size(); }  // removed ones included
    [[nodiscard]] std::size_t removed() const { return removed_; }
    [[nodiscard]] std::size_t memory_bytes() const;

 private:
    [[nodiscard]] const float* row(std::size_t at) const {
        return values_.data() + at * dimension_;
    }

    const std::uint32_t dimension_;
    std::vector<storage::ChunkId> ids_;  // of each row; 0: removed
    std::vector<float> values_;
    std::unordered_map<storage::ChunkId, std::size_t> row_of_;
    std::size_t removed_ = 0;
};

}  // namespace lectern::index
