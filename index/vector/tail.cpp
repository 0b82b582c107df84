#include "index/vector/tail.hpp"

#include <faiss/utils/distances.h>

#include <algorithm>
#include <utility>

namespace lectern::index {

using storage::ChunkId;

namespace {

// Rows compared in one call of FAISS: their scores stay in the first-level cache.
constexpr std::size_t block_rows = 1024;
// Fewer removed rows than this are not worth the moving of the others.
constexpr std::size_t least_removed = 128;

}  // namespace

bool Tail::add(ChunkId id, std::span<const float> row) {
    if (!row_of_.emplace(id, ids_.size()).second) return false;
    ids_.push_back(id);
    values_.insert(values_.end(), row.begin(), row.end());
    return true;
}

bool Tail::remove(ChunkId id) {
    const auto found = row_of_.find(id);
    if (found == row_of_.end()) return false;
    ids_[found->second] = 0;
    row_of_.erase(found);
    ++removed_;
    return true;
}

bool Tail::worth_compacting() const {
    return removed_ > least_removed && removed_ * 2 > ids_.size();
}

void Tail::compact() {
    std::size_t to = 0;
    for (std::size_t from = 0; from < ids_.size(); ++from) {
        if (ids_[from] == 0) continue;
        if (to != from) {
            ids_[to] = ids_[from];
            std::copy_n(row(from), dimension_, values_.data() + to * dimension_);
            row_of_[ids_[to]] = to;
        }
        ++to;
    }
    ids_.resize(to);
    ids_.shrink_to_fit();
    values_.resize(to * dimension_);
    values_.shrink_to_fit();
    row_of_.rehash(0);
    removed_ = 0;
}

const float* Tail::find(ChunkId id) const {
    const auto found = row_of_.find(id);
    return found == row_of_.end() ? nullptr : row(found->second);
}

void Tail::search(std::span<const float> query, const std::function<bool(ChunkId)>& allows,
                  Best& best) const {
    std::vector<float> scores(std::min(block_rows, ids_.size()));
    for (std::size_t begin = 0; begin < ids_.size(); begin += block_rows) {
        const std::size_t count = std::min(block_rows, ids_.size() - begin);
        faiss::fvec_inner_products_ny(scores.data(), query.data(), row(begin), dimension_, count);
        for (std::size_t i = 0; i < count; ++i) {
            const ChunkId id = ids_[begin + i];
            if (id == 0 || (allows && !allows(id))) continue;
            best.offer(id, scores[i]);
        }
    }
}

void Tail::copy(std::vector<ChunkId>& ids, std::vector<float>& rows) const {
    std::vector<std::pair<ChunkId, std::size_t>> order;
    order.reserve(live());
    for (std::size_t at = 0; at < ids_.size(); ++at)
        if (ids_[at] != 0) order.emplace_back(ids_[at], at);
    std::sort(order.begin(), order.end());
    ids.reserve(order.size());
    rows.reserve(order.size() * dimension_);
    for (const auto& [id, at] : order) {
        ids.push_back(id);
        rows.insert(rows.end(), row(at), row(at) + dimension_);
    }
}

std::size_t Tail::memory_bytes() const {
    // A node of the map: the pair, a pointer and what the allocator adds.
    return values_.capacity() * sizeof(float) + ids_.capacity() * sizeof(ChunkId) +
           row_of_.size() * 40;
}

}  // namespace lectern::index
