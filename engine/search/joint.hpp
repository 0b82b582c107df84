// engine/search/joint.hpp: the hits of several collections to one list.
#pragma once

#include <vector>

#include "lectern/lectern.hpp"

namespace lectern {

// How several lists are ranked as one.
enum class JointRanking {
    scores,  // their vectors are of one model: by both scores of each hit, as if of one collection
    places   // by the places that they had
};

// `found`: of each collection, best first. Best first, `most` at most. A hit's score is that by
// which it was ranked.
[[nodiscard]] std::vector<JointHit> joined(std::vector<std::vector<Hit>> found,
                                           JointRanking ranking, Fusion fusion, double weight,
                                           std::size_t most);

}  // namespace lectern
