#include "engine/search/rocchio.hpp"

#include <cmath>
#include <cstddef>
#include <numeric>

namespace lectern {

namespace {

double length_of(std::span<const double> vector) {
    return std::sqrt(std::inner_product(vector.begin(), vector.end(), vector.begin(), 0.0));
}

}  // namespace

std::vector<float> rocchio_query(std::span<const float> query, std::span<const float> rows,
                                 std::span<const double> weights, double share) {
    std::vector<double> sum(query.begin(), query.end());
    const double before = length_of(sum);
    for (std::size_t row = 0; row < weights.size(); ++row) {
        const double weight = share * before * weights[row] / static_cast<double>(weights.size());
        for (std::size_t i = 0; i < sum.size(); ++i)
            sum[i] += weight * rows[row * query.size() + i];
    }
    const double after = length_of(sum);
    std::vector<float> out(query.begin(), query.end());
    if (!(after > 0)) return out;
    for (std::size_t i = 0; i < out.size(); ++i)
        out[i] = static_cast<float>(sum[i] * before / after);
    return out;
}

}  // namespace lectern
