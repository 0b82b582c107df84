#include "engine/search/fuse.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>

namespace lectern {
namespace {

constexpr double rrf_rank = 60;  // as in the paper

std::vector<double> convex(std::span<const TwoScores> scores, double weight) {
    double least = scores.front().dense;
    double most = least;
    double most_lexical = 0;
    for (const TwoScores& one : scores) {
        least = std::min(least, one.dense);
        most = std::max(most, one.dense);
        most_lexical = std::max(most_lexical, one.lexical);
    }
    std::vector<double> out;
    out.reserve(scores.size());
    for (const TwoScores& one : scores) {
        const double dense = most > least ? (one.dense - least) / (most - least) : 1;
        const double lexical = most_lexical > 0 ? one.lexical / most_lexical : 0;
        out.push_back(weight * dense + (1 - weight) * lexical);
    }
    return out;
}

// Adds weight / (60 + rank) for each that has a score above `least`.
void add_ranks(std::span<const TwoScores> scores, double TwoScores::*side, double least,
               double weight, std::vector<double>& out) {
    std::vector<std::size_t> order(scores.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return scores[a].*side > scores[b].*side;
    });
    for (std::size_t rank = 0; rank < order.size(); ++rank) {
        if (scores[order[rank]].*side <= least) return;
        out[order[rank]] += weight * (rrf_rank + 1) / (rrf_rank + 1 + static_cast<double>(rank));
    }
}

}  // namespace

std::vector<double> fuse(std::span<const TwoScores> scores, Fusion fusion, double weight) {
    if (scores.empty()) return {};
    if (fusion == Fusion::convex) return convex(scores, weight);
    std::vector<double> out(scores.size(), 0.0);
    add_ranks(scores, &TwoScores::dense, -2, weight, out);
    add_ranks(scores, &TwoScores::lexical, 0, 1 - weight, out);
    return out;
}

}  // namespace lectern
