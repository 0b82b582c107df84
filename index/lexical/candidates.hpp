// index/lexical/candidates.hpp: the chunks that may meet a query's conditions, by the postings of
// the words in them.
#pragma once

#include <optional>
#include <vector>

#include "index/lexical/query_terms.hpp"
#include "storage/store/types.hpp"

namespace lectern::index::lexical {

// Ascending, live ones. Nothing: the query has no conditions.
[[nodiscard]] Result<std::optional<std::vector<storage::ChunkId>>> candidates(
    const State& state, const QueryText& text, const QueryTerms& query);

}  // namespace lectern::index::lexical
