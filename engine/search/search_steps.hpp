// engine/search/search_steps.hpp: chunks by vector and by words, and both to hits.
#pragma once

#include "engine/search/query_graph.hpp"
#include "engine/search/request.hpp"

namespace lectern {

// The pipeline's ranking with the request's own over it. `has_text`: there is something that a
// reranker can read.
[[nodiscard]] Result<Ranking> ranking_of(const QueryContext& context, const SearchOptions& options,
                                         bool has_text);

// A request for each of the pipeline's branches, where it has some: for a text, when `options` do
// not say by what mode to search, which is one search then.
void open_branches(Request& request, const SearchOptions& options);

// From the query's text, or the vector in its place, to request.hits:
//
//     custom stages ─┬→ tokenize → embed → dense ─┬→ search → rerank
//                    └→ lexical ──────────────────┘
//
// Behind the search, rerankers and custom stages stand in the order of the pipeline file.
//
// Where the pipeline has branches and open_branches() was called, each has sides of its own:
//
//     custom stages → query ─┬→ custom stages ─┬→ tokenize → embed → dense ─┬→ fuse → rerank
//                            │                 └→ lexical ──────────────────┤
//                            └→ … ──────────────────────────────────────────┘
//
// `embed_always`: the hits get a dense score although the ranking is lexical.
void add_search_steps(QueryGraph& graph, Request& request, bool embed_always);

}  // namespace lectern
