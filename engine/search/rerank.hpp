// engine/search/rerank.hpp: the best hits of a search, put in the order that a reranker gives them.
#pragma once

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

}  // namespace lectern
