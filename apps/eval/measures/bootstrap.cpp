#include "apps/eval/measures/bootstrap.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>
#include <random>
#include <vector>

namespace lectern::evaluation {
namespace {

// The standard's distributions differ between libraries; this is the same everywhere. The bias of
// the multiplication is below 2^-32 for fewer than 2^32 queries.
std::size_t draw(std::mt19937_64& random, std::size_t below) {
    return static_cast<std::size_t>(((random() >> 32U) * static_cast<std::uint64_t>(below)) >> 32U);
}

double percentile(const std::vector<double>& sorted, double share) {
    const double at = share * static_cast<double>(sorted.size() - 1);
    const auto below = static_cast<std::size_t>(at);
    const std::size_t above = std::min(below + 1, sorted.size() - 1);
    return std::lerp(sorted[below], sorted[above], at - static_cast<double>(below));
}

}  // namespace

Bootstrap paired_bootstrap(std::span<const double> base, std::span<const double> other,
                           const BootstrapOptions& options) {
    assert(!base.empty() && base.size() == other.size() && options.samples > 0);
    const auto count = static_cast<double>(base.size());
    std::vector<double> differences(base.size());
    Bootstrap out;
    for (std::size_t i = 0; i < base.size(); ++i) {
        differences[i] = other[i] - base[i];
        out.better += differences[i] > 0 ? 1 : 0;
        out.worse += differences[i] < 0 ? 1 : 0;
    }
    out.difference = std::accumulate(differences.begin(), differences.end(), 0.0) / count;
    std::mt19937_64 random(options.seed);
    std::vector<double> means(options.samples);
    std::size_t larger = 0;
    for (double& mean : means) {
        for (std::size_t i = 0; i < differences.size(); ++i)
            mean += differences[draw(random, differences.size())];
        mean /= count;
        // Without a true difference the means would lie about 0 and not about the one observed.
        constexpr double rounding = 1e-12;
        if (std::abs(mean - out.difference) >= std::abs(out.difference) - rounding) ++larger;
    }
    std::sort(means.begin(), means.end());
    out.low = percentile(means, 0.025);
    out.high = percentile(means, 0.975);
    out.p = static_cast<double>(larger + 1) / static_cast<double>(options.samples + 1);
    return out;
}

}  // namespace lectern::evaluation
