// apps/shared/percentile.hpp: of times that were measured, for people to read.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace lectern::app {

// The smallest of the values that at least `share` (0 to 1) of them do not exceed (nearest rank);
// 0 of none.
[[nodiscard]] inline double percentile(std::vector<double> values, double share) {
    if (values.empty()) return 0;
    std::sort(values.begin(), values.end());
    const auto rank =
        static_cast<std::size_t>(std::ceil(share * static_cast<double>(values.size())));
    return values[std::max<std::size_t>(rank, 1) - 1];
}

}  // namespace lectern::app
