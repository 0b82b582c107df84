// engine/search/rerank_order.hpp: scores of the first hits to the order of all.
#pragma once

#include <algorithm>
#include <vector>

#include "lectern/lectern.hpp"

namespace lectern {

// The first scores.size() hits get those scores and are put in their order, largest first. The
// others follow as they were, with a score no larger than the last of those.
inline void order_by(const std::vector<float>& scores, std::vector<Hit>& hits) {
    if (scores.empty()) return;
    for (std::size_t i = 0; i < scores.size(); ++i) hits[i].score = scores[i];
    const auto read_end = hits.begin() + static_cast<std::ptrdiff_t>(scores.size());
    std::stable_sort(hits.begin(), read_end,
                     [](const Hit& a, const Hit& b) { return a.score > b.score; });
    const float last = hits[scores.size() - 1].score;
    for (auto hit = read_end; hit != hits.end(); ++hit) hit->score = std::min(hit->score, last);
}

}  // namespace lectern
