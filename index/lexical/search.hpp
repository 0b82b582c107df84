// index/lexical/search.hpp: one search over a state of the index.
#pragma once

#include "index/lexical/lexical_index.hpp"
#include "index/lexical/lexical_query.hpp"

namespace lectern::index::lexical {

// In the state that the query was looked up in.
[[nodiscard]] Result<LexicalResult> search(const LexicalQuery::Impl& query, std::size_t k,
                                           const LexicalSearchOptions& options);

}  // namespace lectern::index::lexical
