// text/suggest.hpp: "did you mean". The nearest known name to a mistyped one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lectern::text {

// The candidate nearest to `name` by optimal string alignment distance (Damerau 1964; Levenshtein
// 1966; letter case is ignored), or "" when none is near: at most one edit for every three letters.
[[nodiscard]] std::string nearest(std::string_view name,
                                  const std::vector<std::string_view>& candidates);

// "; did you mean 'pooling'?", or `otherwise` when nothing is near.
[[nodiscard]] std::string did_you_mean(std::string_view name,
                                       const std::vector<std::string_view>& candidates,
                                       std::string_view otherwise = {});

// "a, b, c" in the given order.
[[nodiscard]] std::string list(const std::vector<std::string_view>& names);

}  // namespace lectern::text
