// tests/load/quantile.hpp
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace lectern::load {

// The share-th of the values, 0 to 1; 0 when there are none.
inline double quantile(std::vector<double> values, double share) {
    if (values.empty()) return 0;
    const auto at = static_cast<std::size_t>(share * static_cast<double>(values.size() - 1));
    std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(at),
                     values.end());
    return values[at];
}

}  // namespace lectern::load
