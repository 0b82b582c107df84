#include "engine/search/fuse.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>

namespace lectern {
namespace {

// 0 up to `from`, 1 from `to` on.
double ramp(double value, double from, double to) {
    return std::clamp((value - from) / (to - from), 0.0, 1.0);
}

// How far one thing is ahead by words, 0 to 1. Below half as good as the best is what has less than
// half of the rare words.
double ahead(std::span<const TwoScores> scores, const QueryWords& words) {
    double best = 0;
    double second = 0;
    for (const TwoScores& one : scores) {
        second = std::max(second, std::min(best, one.lexical));
        best = std::max(best, one.lexical);
    }
    if (best <= 0) return 0;
    return ramp(1 - second / best, 0.5, 0.8) * ramp(best / words.known, 0.4, 0.6);
}

// How far the query is about one rare word, 0 to 1.
double about_one_word(const QueryWords& words) {
    if (words.rarest <= 0) return 0;
    return ramp(words.first / words.known, 0.4, 0.6) * ramp(words.first / words.rarest, 0.7, 0.9);
}

// How far a word that few have tells something, 0 to 1. Where some of the words are nowhere ("what
// makes the ocean go up" of texts about the sea), the others may be rare by chance alone: meaning
// decides.
double telling(const QueryWords& words) {
    return words.asked <= 0 ? 1 : ramp(words.known / words.asked, 0.7, 1);
}

// How far the words name one thing.
double named(std::span<const TwoScores> scores, const QueryWords& words) {
    if (words.known <= 0) return 0;
    return telling(words) * std::max(ahead(scores, words), about_one_word(words));
}

// Of the dense side's weight, to the other side. Ranks differ by little at the top, so that all of
// it must go.
constexpr double most_moved_of_scores = 0.8;
constexpr double most_moved_of_ranks = 1.0;

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

// Adds what the place of each is worth that has a score above `least`.
void add_ranks(std::span<const TwoScores> scores, double TwoScores::*side, double least,
               double weight, std::vector<double>& out) {
    std::vector<std::size_t> order(scores.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return scores[a].*side > scores[b].*side;
    });
    for (std::size_t rank = 0; rank < order.size(); ++rank) {
        if (scores[order[rank]].*side <= least) return;
        out[order[rank]] += weight * worth_of_place(rank);
    }
}

}  // namespace

std::vector<double> fuse(std::span<const TwoScores> scores, Fusion fusion, double weight,
                         const QueryWords& words) {
    if (scores.empty()) return {};
    const bool by_scores = fusion == Fusion::convex;
    if (weight > 0 && weight < 1)
        weight *=
            1 - (by_scores ? most_moved_of_scores : most_moved_of_ranks) * named(scores, words);
    if (by_scores) return convex(scores, weight);
    std::vector<double> out(scores.size(), 0.0);
    add_ranks(scores, &TwoScores::dense, -2, weight, out);
    add_ranks(scores, &TwoScores::lexical, 0, 1 - weight, out);
    return out;
}

}  // namespace lectern
