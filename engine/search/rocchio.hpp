// engine/search/rocchio.hpp: a query's vector moved towards others, as J. Rocchio has it
// (feedback.hpp).
#pragma once

#include <span>
#include <vector>

namespace lectern {

// The query's direction + share x the mean of weight x row, with the query's length. `rows`:
// vectors of length 1, as many as weights, each of the query's dimension.
[[nodiscard]] std::vector<float> rocchio_query(std::span<const float> query,
                                               std::span<const float> rows,
                                               std::span<const double> weights, double share);

}  // namespace lectern
