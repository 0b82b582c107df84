// engine/search/find_hits.hpp: what a search finds, as deep as the pages that are asked for need.
// Internal to engine/search: search_steps.cpp makes steps of these.
#pragma once

#include <cstddef>

#include "engine/search/request.hpp"

namespace lectern {

[[nodiscard]] bool uses_dense(const Ranking& ranking);
[[nodiscard]] bool uses_lexical(const Ranking& ranking);

// What may be found, by the filter; and the facets of that.
[[nodiscard]] Status narrow(Request& request, StageCounter& counter);

// The text as a query, and what its conditions leave to search in.
[[nodiscard]] Status read_query(Request& request);

// How many chunks each side is asked for at first.
[[nodiscard]] std::size_t first_k(const Request& request);

// One side: the best of the request's vector, or of its words.
[[nodiscard]] Status search_dense(Request& request, std::size_t k);
[[nodiscard]] Status search_lexical(Request& request, std::size_t k);

// Of what the sides have found, first_k() each, the request's hits.
[[nodiscard]] Status find_hits(Request& request);
// The same of what the request's branches have found.
[[nodiscard]] Status fuse_branches(Request& request);

}  // namespace lectern
