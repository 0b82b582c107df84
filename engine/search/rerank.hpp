// engine/search/rerank.hpp: the best hits of a search, put in the order that a reranker gives them.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <vector>

#include "engine/pipeline/counters.hpp"
#include "engine/plugin_host/plugin_host.hpp"
#include "lectern/lectern.hpp"

namespace lectern {

struct RerankLimits {
    std::size_t hits = 30;      // the best of the search; those behind keep their order
    unsigned milliseconds = 0;  // 0: as long as it takes, or until the request's own deadline
};

// Reads the hits in small batches, best first, so that when the time is over the best of them have
// been read. Those that were read get the reranker's score and stand in its order; the others
// follow in the order they had, with a score no larger than the last of those.
[[nodiscard]] Status rerank(const host::Stage& stage, std::string_view query,
                            const host::Interrupt& interrupt, const RerankLimits& limits,
                            std::vector<Hit>& hits);

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
