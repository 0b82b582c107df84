// apps/server/net/fair_queue.hpp: a queue in which nobody stands behind all that somebody else has
// asked for.
//
// Each owner has a line of its own, in the order of arrival, and the lines take turns. So one who
// comes waits for one item of each of the others, however many those have. Not for several threads.
#pragma once

#include <algorithm>
#include <cstddef>
#include <deque>
#include <list>
#include <optional>
#include <utility>

namespace lectern::server {

template <typename Item>
class FairQueue {
 public:
    using Owner = const void*;  // compared, and nothing else

    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }

    void push(Owner owner, Item item) {
        const auto line = line_of(owner);
        if (line != lines_.end())
            line->items.push_back(std::move(item));
        else
            lines_.push_back({owner, {}}), lines_.back().items.push_back(std::move(item));
        ++size_;
    }

    // The next one. Must not be empty.
    [[nodiscard]] Item pop() {
        const auto line = lines_.begin();
        Item out = std::move(line->items.front());
        line->items.pop_front();
        --size_;
        if (line->items.empty())
            lines_.erase(line);
        else
            lines_.splice(lines_.end(), lines_, line);
        return out;
    }

    // Room for one more of this owner, in a queue that is full: the newest of the longest line,
    // when that is longer than the owner's would be. Nothing: there is nobody who has more.
    [[nodiscard]] std::optional<Item> displace(Owner owner) {
        const auto shorter = [](const Line& a, const Line& b) {
            return a.items.size() < b.items.size();
        };
        const auto longest = std::max_element(lines_.begin(), lines_.end(), shorter);
        if (longest == lines_.end()) return {};
        const auto own = line_of(owner);
        const std::size_t mine = own == lines_.end() ? 0 : own->items.size();
        if (longest->items.size() <= mine + 1) return {};
        Item out = std::move(longest->items.back());
        longest->items.pop_back();
        --size_;
        return out;
    }

    // The least of all by `less`; nullptr when there is none. Good until the next change.
    template <typename Less>
    [[nodiscard]] Item* least(const Less& less) {
        Item* out = nullptr;
        for (Line& line : lines_)
            for (Item& item : line.items)
                if (out == nullptr || less(item, *out)) out = &item;
        return out;
    }

    // Takes that one out.
    [[nodiscard]] Item take(const Item* wanted) {
        for (auto line = lines_.begin(); line != lines_.end(); ++line) {
            const auto item = std::find_if(line->items.begin(), line->items.end(),
                                           [wanted](const Item& one) { return &one == wanted; });
            if (item == line->items.end()) continue;
            Item out = std::move(*item);
            line->items.erase(item);
            --size_;
            if (line->items.empty()) lines_.erase(line);
            return out;
        }
        return {};
    }

 private:
    struct Line {
        Owner owner;
        std::deque<Item> items;
    };
    [[nodiscard]] auto line_of(Owner owner) {
        return std::find_if(lines_.begin(), lines_.end(),
                            [owner](const Line& line) { return line.owner == owner; });
    }

    std::list<Line> lines_;  // whose turn it is stands first; none is empty
    std::size_t size_ = 0;
};

}  // namespace lectern::server
