// engine/insight/projection.hpp: many vectors as points of a picture. Pure functions.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace lectern {

// Principal components of `rows` (each of `dimension` components): two coordinates a row, scaled so
// that the largest has the absolute value 1. The same rows give the same coordinates.
struct Projection {
    std::vector<float> points;  // x, y of each row
    double explained = 0;       // share of the variance that the two directions have, 0 to 1
};
[[nodiscard]] Projection project(std::span<const float> rows, std::size_t dimension);

}  // namespace lectern
