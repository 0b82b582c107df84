// engine/answers/central.hpp: the sentences that say best what a text is about.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace lectern {

// Rows of `vectors` (one behind the other, `dimension` values each, length 1), in the order of the
// text: at most `most`, near the centre of all and unlike each other, by maximal marginal relevance
// (Carbonell and Goldstein, SIGIR 1998). Of equal rows the earlier one is taken, and the first row,
// which often says what a text is about, has a small bonus.
[[nodiscard]] std::vector<std::size_t> central_rows(std::span<const float> vectors,
                                                    std::size_t dimension, std::size_t most);

}  // namespace lectern
