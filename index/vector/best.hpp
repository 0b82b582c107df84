// index/vector/best.hpp: the k best of many scored rows. Internal to index/vector.
#pragma once

#include <cstddef>
#include <queue>
#include <vector>

#include "index/vector/vector_index.hpp"

namespace lectern::index {

// The k best so far; equal scores by ascending chunk id. The worst is on top.
class Best {
 public:
    explicit Best(std::size_t k) : k_(k) {}
    void offer(storage::ChunkId chunk, float score) {
        const Scored row{chunk, score};
        if (heap_.size() < k_) {
            heap_.push(row);
        } else if (better(row, heap_.top())) {
            heap_.pop();
            heap_.push(row);
        }
    }
    // Best first.
    [[nodiscard]] std::vector<Scored> take() {
        std::vector<Scored> out(heap_.size());
        for (std::size_t i = out.size(); i > 0; --i) {
            out[i - 1] = heap_.top();
            heap_.pop();
        }
        return out;
    }
    [[nodiscard]] std::size_t wanted() const { return k_; }

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

}  // namespace lectern::index
