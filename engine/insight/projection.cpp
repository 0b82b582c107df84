// Two principal components by orthogonal iteration (Golub and Van Loan, Matrix
// Computations, 8.2.4).
#include "engine/insight/projection.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace lectern {
namespace {

constexpr int most_steps = 60;  // far more than a picture needs

double dot(std::span<const double> a, std::span<const double> b) {
    return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

// False when nothing is left of the vector.
bool normalise(std::span<double> vector) {
    const double length = std::sqrt(dot(vector, vector));
    if (length < 1e-12) return false;
    for (double& value : vector) value /= length;
    return true;
}

}  // namespace

Projection project(std::span<const float> rows, std::size_t dimension) {
    Projection out;
    if (dimension == 0 || rows.empty()) return out;
    const std::size_t count = rows.size() / dimension;
    out.points.assign(count * 2, 0.0F);

    std::vector<double> centred(rows.begin(), rows.end());
    const auto row = [&](std::size_t i) {
        return std::span<double>(centred).subspan(i * dimension, dimension);
    };
    std::vector<double> mean(dimension, 0.0);
    for (std::size_t i = 0; i < count; ++i)
        for (std::size_t d = 0; d < dimension; ++d)
            mean[d] += row(i)[d] / static_cast<double>(count);
    for (std::size_t i = 0; i < count; ++i)
        for (std::size_t d = 0; d < dimension; ++d) row(i)[d] -= mean[d];
    const double variance = dot(centred, centred);

    std::vector<double> first;
    std::vector<double> next(dimension);
    double shown = 0;
    for (std::size_t axis = 0; axis < 2; ++axis) {
        std::vector<double> direction(dimension);
        for (std::size_t d = 0; d < dimension; ++d)  // any start that favours nothing will do
            direction[d] = std::sin(static_cast<double>((axis + 1) * (d + 1)));
        bool there = normalise(direction);
        for (int step = 0; there && step < most_steps; ++step) {
            std::fill(next.begin(), next.end(), 0.0);
            for (std::size_t i = 0; i < count; ++i) {
                const double along = dot(row(i), direction);
                for (std::size_t d = 0; d < dimension; ++d) next[d] += along * row(i)[d];
            }
            if (!first.empty()) {
                const double along = dot(next, first);
                for (std::size_t d = 0; d < dimension; ++d) next[d] -= along * first[d];
            }
            there = normalise(next);
            direction = next;
        }
        if (!there) break;
        for (std::size_t i = 0; i < count; ++i) {
            const double along = dot(row(i), direction);
            shown += along * along;
            out.points[i * 2 + axis] = static_cast<float>(along);
        }
        first = direction;
    }
    float largest = 0;
    for (const float value : out.points) largest = std::max(largest, std::abs(value));
    if (largest > 0)
        for (float& value : out.points) value /= largest;
    if (variance > 0) out.explained = std::min(shown / variance, 1.0);
    return out;
}

}  // namespace lectern
