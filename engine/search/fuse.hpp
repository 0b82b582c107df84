// engine/search/fuse.hpp: two scores to one.
#pragma once

#include <span>
#include <vector>

#include "lectern/lectern.hpp"

namespace lectern {

// One thing that may be found, with its score on both sides.
struct TwoScores {
    double dense = 0;    // cosine
    double lexical = 0;  // BM25; 0: it has none of the words
};

// One score, 0 to 1, for each.
//
// convex: weight x dense + (1 - weight) x lexical, each first scaled over all of `scores`: dense
// from its least to its largest, lexical from 0 to its largest (S. Bruch, S. Gai and A. Ingber, "An
// analysis of fusion functions for hybrid retrieval", TOIS 2023).
// rrf: the weighted sum of 1 / (60 + rank), scaled so that the first on both sides has 1 (G.
// Cormack, C. Clarke and S. Büttcher, "Reciprocal rank fusion outperforms Condorcet and individual
// rank learning methods", SIGIR 2009).
//
// `weight`: 0 (lexical alone) to 1 (dense alone). Between the two, convex weighs the lexical side
// more where the words name one thing: where its best has most of what was asked (`asked`, the
// score of a thing with all content words; 0: not known) and no other comes near. The nearest
// vectors of a name or a number are those of names that look like it.
[[nodiscard]] std::vector<double> fuse(std::span<const TwoScores> scores, Fusion fusion,
                                       double weight, double asked = 0);

}  // namespace lectern
