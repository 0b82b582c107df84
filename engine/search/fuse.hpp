// engine/search/fuse.hpp: two scores to one.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "lectern/lectern.hpp"

namespace lectern {

// One thing that may be found, with its score on both sides.
struct TwoScores {
    double dense = 0;    // cosine
    double lexical = 0;  // BM25; 0: it has none of the words
};

// What the content words of a query weigh: the rarer, the more. All 0: not known.
struct QueryWords {
    double known = 0;   // those together that some chunk has
    double first = 0;   // the rarest one that a thing to be fused has
    double rarest = 0;  // one that a single chunk had
    double asked = 0;   // those together, with those that no chunk has
};

// What a place of a list is worth, counted from 0: 1 / (60 + rank), scaled so that the first has 1
// (G. Cormack, C. Clarke and S. Büttcher, "Reciprocal rank fusion outperforms Condorcet and
// individual rank learning methods", SIGIR 2009).
[[nodiscard]] constexpr double worth_of_place(std::size_t place) noexcept {
    constexpr double first_rank = 61;
    return first_rank / (first_rank + static_cast<double>(place));
}

// One score, 0 to 1, for each.
//
// convex: weight x dense + (1 - weight) x lexical, each first scaled over all of `scores`: dense
// from its least to its largest, lexical from 0 to its largest (S. Bruch, S. Gai and A. Ingber, "An
// analysis of fusion functions for hybrid retrieval", TOIS 2023).
// rrf: the weighted sum of what both places are worth.
//
// `weight`: 0 (lexical alone) to 1 (dense alone). Between the two, the lexical side weighs more
// where the words name one thing: where its best has most of what the words weigh and no other
// comes near, or where most of it lies in one rare word. The nearest vectors of a name or a number
// are those of names that look like it.
[[nodiscard]] std::vector<double> fuse(std::span<const TwoScores> scores, Fusion fusion,
                                       double weight, const QueryWords& words = {});

}  // namespace lectern
