#include "index/vector/vector_index.hpp"

#include <faiss/utils/distances.h>

#include <algorithm>
#include <cmath>
#include <mutex>
#include <queue>
#include <set>
#include <shared_mutex>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace lectern::index {
namespace {

using storage::ChunkId;

// Rows compared in one call of FAISS: their scores stay in the first-level cache.
constexpr std::size_t block_rows = 1024;

// The k best so far; the worst is on top.
class Best {
 public:
    explicit Best(std::size_t k) : k_(k) {}
    void offer(ChunkId chunk, float score) {
        const Scored row{chunk, score};
        if (heap_.size() < k_) {
            heap_.push(row);
        } else if (better(row, heap_.top())) {
            heap_.pop();
            heap_.push(row);
        }
    }
    [[nodiscard]] std::vector<Scored> take() {
        std::vector<Scored> out(heap_.size());
        for (std::size_t i = out.size(); i > 0; --i) {
            out[i - 1] = heap_.top();
            heap_.pop();
        }
        return out;
    }

 private:
    static bool better(const Scored& a, const Scored& b) {
        return a.score > b.score || (a.score == b.score && a.chunk < b.chunk);
    }
    struct WorstOnTop {
        bool operator()(const Scored& a, const Scored& b) const { return better(a, b); }
    };
    std::size_t k_;
    std::priority_queue<Scored, std::vector<Scored>, WorstOnTop> heap_;
};

}  // namespace

class VectorIndex::Impl {
 public:
    Impl(VectorIndexOptions options, std::uint32_t dimension)
        : options_(std::move(options)), dimension_(dimension) {}

    Status load(const storage::Store& store) {
        const storage::Reader reader = store.reader();
        sequence_ = reader.sequence();
        return reader.scan_vectors(
            options_.generation, 0,
            [this](std::span<const ChunkId> ids, std::span<const float> values) {
                for (std::size_t i = 0; i < ids.size(); ++i)
                    add(ids[i], values.subspan(i * dimension_, dimension_));
                return true;
            });
    }

    Status apply(const storage::Change& change, std::span<const float> rows) {
        std::size_t added = 0;
        for (const storage::ChunkRange& range : change.added) added += range.count;
        if (!rows.empty() && rows.size() != added * dimension_)
            return {Code::invalid_argument, "the commit adds " + std::to_string(added) +
                                                " chunks, but " + std::to_string(rows.size()) +
                                                " values were given for dimension " +
                                                std::to_string(dimension_)};
        const std::unique_lock lock(mutex_);
        if (change.sequence <= sequence_ || early_.contains(change.sequence)) return {};
        if (!rows.empty()) {
            std::size_t at = 0;
            for (const storage::ChunkRange& range : change.added) {
                for (ChunkId id = range.first; id < range.end(); ++id, ++at)
                    if (gone_.erase(id) == 0) add(id, rows.subspan(at * dimension_, dimension_));
            }
        }
        for (const storage::ChunkRange& range : change.removed)
            for (ChunkId id = range.first; id < range.end(); ++id) remove(id, change.sequence);
        early_.insert(change.sequence);
        while (!early_.empty() && *early_.begin() == sequence_ + 1) {
            ++sequence_;
            early_.erase(early_.begin());
        }
        if (early_.empty()) gone_.clear();
        if (removed_ > 1024 && removed_ * 2 > ids_.size()) compact();
        return {};
    }

    Result<std::vector<Scored>> search(std::span<const float> query, std::size_t k,
                                       const Filter& filter) const {
        if (query.size() != dimension_)
            return Status{Code::invalid_argument, "the query has " + std::to_string(query.size()) +
                                                      " components; the index has dimension " +
                                                      std::to_string(dimension_)};
        if (!std::all_of(query.begin(), query.end(), [](float x) { return std::isfinite(x); }))
            return Status{Code::invalid_argument,
                          "a component of the query is not a finite number"};
        if (k == 0) return std::vector<Scored>{};
        Best best(k);
        const std::shared_lock lock(mutex_);
        if (filter.allowed != nullptr) {
            for (const ChunkId id : *filter.allowed) {
                const auto found = row_of_.find(id);
                if (found == row_of_.end()) continue;
                best.offer(id,
                           faiss::fvec_inner_product(query.data(), row(found->second), dimension_));
            }
            return best.take();
        }
        std::vector<float> scores(std::min(block_rows, ids_.size()));
        for (std::size_t begin = 0; begin < ids_.size(); begin += block_rows) {
            const std::size_t count = std::min(block_rows, ids_.size() - begin);
            faiss::fvec_inner_products_ny(scores.data(), query.data(), row(begin), dimension_,
                                          count);
            for (std::size_t i = 0; i < count; ++i) {
                const ChunkId id = ids_[begin + i];
                if (id == 0 || (filter.allows && !filter.allows(id))) continue;
                best.offer(id, scores[i]);
            }
        }
        return best.take();
    }

    [[nodiscard]] storage::Sequence sequence() const {
        const std::shared_lock lock(mutex_);
        return sequence_;
    }
    [[nodiscard]] std::uint32_t dimension() const noexcept { return dimension_; }
    [[nodiscard]] storage::GenerationNumber generation() const noexcept {
        return options_.generation;
    }
    [[nodiscard]] VectorIndexStatistics statistics() const {
        const std::shared_lock lock(mutex_);
        VectorIndexStatistics out;
        out.rows = ids_.size() - removed_;
        out.tail_rows = ids_.size();
        out.tombstones = removed_;
        out.memory_bytes =
            values_.capacity() * sizeof(float) + ids_.size() * (sizeof(ChunkId) + 40);
        return out;
    }

 private:
    [[nodiscard]] const float* row(std::size_t at) const {
        return values_.data() + at * dimension_;
    }
    void add(ChunkId id, std::span<const float> value) {
        if (!row_of_.emplace(id, ids_.size()).second) return;
        ids_.push_back(id);
        values_.insert(values_.end(), value.begin(), value.end());
    }
    void remove(ChunkId id, storage::Sequence sequence) {
        const auto found = row_of_.find(id);
        if (found == row_of_.end()) {
            // Removed by a commit that came before the one that adds it.
            if (sequence > sequence_ + 1) gone_.insert(id);
            return;
        }
        ids_[found->second] = 0;
        row_of_.erase(found);
        ++removed_;
    }
    // Gives the place of removed rows back.
    void compact() {
        std::size_t to = 0;
        for (std::size_t from = 0; from < ids_.size(); ++from) {
            if (ids_[from] == 0) continue;
            if (to != from) {
                ids_[to] = ids_[from];
                std::copy_n(values_.data() + from * dimension_, dimension_,
                            values_.data() + to * dimension_);
                row_of_[ids_[to]] = to;
            }
            ++to;
        }
        ids_.resize(to);
        ids_.shrink_to_fit();
        values_.resize(to * dimension_);
        values_.shrink_to_fit();
        removed_ = 0;
    }

    const VectorIndexOptions options_;
    const std::uint32_t dimension_;

    mutable std::shared_mutex mutex_;
    std::vector<ChunkId> ids_;  // of each row; 0: removed
    std::vector<float> values_;
    std::unordered_map<ChunkId, std::size_t> row_of_;
    std::size_t removed_ = 0;
    storage::Sequence sequence_ = 0;
    std::set<storage::Sequence> early_;  // applied, behind a gap
    std::unordered_set<ChunkId> gone_;   // removed before they were added
};

VectorIndex::VectorIndex(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
VectorIndex::~VectorIndex() = default;

Result<std::unique_ptr<VectorIndex>> VectorIndex::open(const storage::Store& store,
                                                       VectorIndexOptions options) {
    const storage::CollectionMeta meta = store.meta();
    if (options.generation == 0) options.generation = meta.serving;
    const storage::Generation* generation = meta.generation(options.generation);
    if (generation == nullptr)
        return Status{Code::invalid_argument,
                      "the collection has no generation " + std::to_string(options.generation)};
    auto impl = std::make_unique<Impl>(std::move(options), generation->dimension);
    LECTERN_TRY(impl->load(store));
    return std::unique_ptr<VectorIndex>(new VectorIndex(std::move(impl)));
}

Status VectorIndex::apply(const storage::Change& change, std::span<const float> rows) {
    return impl_->apply(change, rows);
}
Result<std::vector<Scored>> VectorIndex::search(std::span<const float> query, std::size_t k,
                                                const Filter& filter) const {
    return impl_->search(query, k, filter);
}
Status VectorIndex::flush() {
    return {};
}
storage::Sequence VectorIndex::sequence() const {
    return impl_->sequence();
}
std::uint32_t VectorIndex::dimension() const noexcept {
    return impl_->dimension();
}
storage::GenerationNumber VectorIndex::generation() const noexcept {
    return impl_->generation();
}
VectorIndexStatistics VectorIndex::statistics() const {
    return impl_->statistics();
}

}  // namespace lectern::index
