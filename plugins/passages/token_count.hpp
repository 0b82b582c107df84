// passages/token_count.hpp: tokens of any stretch of a text that was tokenized once.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "passages/characters.hpp"

namespace lectern::passages {

class TokenCount {
 public:
    explicit TokenCount(std::vector<std::uint64_t> ends) : ends_(std::move(ends)) {}

    // Tokens that end inside (begin, end].
    [[nodiscard]] std::size_t in(Range range) const noexcept {
        return index(range.end) - index(range.begin);
    }

    // The end of the `count`-th token behind `begin`; `otherwise` when there are fewer.
    [[nodiscard]] std::size_t end_of(std::size_t begin, std::size_t count,
                                     std::size_t otherwise) const noexcept {
        const std::size_t at = index(begin) + count;
        return count == 0 ? begin : at > ends_.size() ? otherwise : ends_[at - 1];
    }

 private:
    [[nodiscard]] std::size_t index(std::size_t at) const noexcept {
        return static_cast<std::size_t>(std::upper_bound(ends_.begin(), ends_.end(), at) -
                                        ends_.begin());
    }
    std::vector<std::uint64_t> ends_;
};

}  // namespace lectern::passages
