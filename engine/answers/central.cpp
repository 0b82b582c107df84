#include "engine/answers/central.hpp"

#include <algorithm>
#include <numeric>

namespace lectern {
namespace {

constexpr double relevance_part = 0.7;  // the rest: being unlike what is taken already
constexpr double first_bonus = 0.1;

double dot(std::span<const float> a, std::span<const float> b) {
    return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

}  // namespace

std::vector<std::size_t> central_rows(std::span<const float> vectors, std::size_t dimension,
                                      std::size_t most) {
    const std::size_t rows = dimension == 0 ? 0 : vectors.size() / dimension;
    const auto row = [&](std::size_t i) { return vectors.subspan(i * dimension, dimension); };
    std::vector<float> centre(dimension);
    for (std::size_t i = 0; i < rows; ++i)
        for (std::size_t d = 0; d < dimension; ++d)
            centre[d] += row(i)[d] / static_cast<float>(rows);

    std::vector<double> relevance(rows);
    for (std::size_t i = 0; i < rows; ++i) relevance[i] = dot(row(i), centre);
    if (rows > 0) relevance[0] += first_bonus;

    std::vector<std::size_t> out;
    std::vector<double> nearest(rows, 0.0);  // to a row that is taken
    std::vector<bool> taken(rows);
    while (out.size() < std::min(most, rows)) {
        std::size_t best = rows;
        double best_value = 0;
        for (std::size_t i = 0; i < rows; ++i) {
            if (taken[i]) continue;
            const double value = relevance_part * relevance[i] - (1 - relevance_part) * nearest[i];
            if (best == rows || value > best_value) {
                best = i;
                best_value = value;
            }
        }
        taken[best] = true;
        out.push_back(best);
        for (std::size_t i = 0; i < rows; ++i)
            nearest[i] = std::max(nearest[i], dot(row(i), row(best)));
    }
    std::sort(out.begin(), out.end());
    return out;
}

}  // namespace lectern
