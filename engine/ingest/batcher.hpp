// engine/ingest/batcher.hpp: forms embedding batches by tokens, from items sorted by length.
//
// A batch costs its width (the longest sequence) times its count, so sequences of like length go
// together. A window of many batches is collected, sorted and cut. Not thread-safe.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

namespace lectern {

template <typename Item>
class Batcher {
 public:
    // batch_tokens: width x count of one batch at most (a single longer item is a batch alone).
    // window_tokens: collected before anything is given out.
    Batcher(std::uint64_t batch_tokens, std::uint64_t window_tokens)
        : batch_tokens_(batch_tokens), window_tokens_(window_tokens) {}

    void add(Item item, std::uint64_t tokens) {
        tokens_ += tokens;
        items_.push_back({tokens, std::move(item)});
    }
    [[nodiscard]] bool full() const noexcept { return tokens_ >= window_tokens_; }
    [[nodiscard]] bool empty() const noexcept { return items_.empty(); }

    // Everything collected, in batches; longest first.
    [[nodiscard]] std::vector<std::vector<Item>> take() {
        std::stable_sort(items_.begin(), items_.end(),
                         [](const Entry& a, const Entry& b) { return a.tokens > b.tokens; });
        std::vector<std::vector<Item>> batches;
        std::uint64_t width = 0;
        for (Entry& entry : items_) {
            if (batches.empty() || width * (batches.back().size() + 1) > batch_tokens_) {
                batches.emplace_back();
                width = std::max<std::uint64_t>(entry.tokens, 1);
            }
            batches.back().push_back(std::move(entry.item));
        }
        items_.clear();
        tokens_ = 0;
        return batches;
    }

 private:
    struct Entry {
        std::uint64_t tokens;
        Item item;
    };
    std::uint64_t batch_tokens_;
    std::uint64_t window_tokens_;
    std::uint64_t tokens_ = 0;
    std::vector<Entry> items_;
};

}  // namespace lectern
