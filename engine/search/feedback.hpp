// engine/search/feedback.hpp: the query's vector learns from what was found first.
//
// The best chunks of the fused ranking are taken to be relevant, and the query's vector is moved
// towards theirs (J. Rocchio, "Relevance feedback in information retrieval", 1971; on vectors of
// language models: H. Li et al., "Pseudo relevance feedback with deep language models and dense
// retrievers", TOIS 2023). What was found by words, too, so tells the vectors what is meant; no
// text is embedded for it. docs/evaluation.md has the measurements.
#pragma once

#include <cstddef>
#include <vector>

#include "engine/search/candidates.hpp"

namespace lectern {

// How many of the best chunks are learnt from.
inline constexpr std::size_t feedback_chunks = 2;

// Searches the vectors again with the moved query, adds what that finds, and gives all candidates
// the scores of it; `cosine` keeps that of the query itself where it is known. A hybrid search with
// feedback only; nothing happens where the best chunks have no vectors.
[[nodiscard]] Status feed_back(Request& request, std::size_t wanted,
                               std::vector<Candidate>& candidates);

}  // namespace lectern
