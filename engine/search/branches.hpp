// engine/search/branches.hpp: the lists of several searches to one.
#pragma once

#include <span>
#include <vector>

#include "engine/search/candidates.hpp"

namespace lectern {

// What one branch has found.
struct BranchList {
    std::vector<Candidate> found = {};  // best first
    double share = 1;                   // what it counts beside the others
    bool from_zero = false;             // a score of 0 is nothing (words); else it is a cosine
};

// One list, best first; equal scores by ascending chunk id. A score is 0 to 1: what is first
// everywhere has 1.
//
// rrf: the sum of share x what the place is worth (fuse.hpp).
// convex: the sum of share x score, each first scaled over its list, from 0 or from the least of
// it, to the largest.
//
// With one for each document, a document that branches have found by different chunks counts once;
// its chunk is that of the branch that gives it most. Scores of the sides are of the branches' own
// queries, and not taken over.
[[nodiscard]] std::vector<Candidate> fuse_lists(std::span<const BranchList> lists, Fusion fusion,
                                                bool one_per_document);

}  // namespace lectern
