// index/lexical/verify.hpp: the postings against the documents.
#pragma once

#include "index/lexical/lexical_index.hpp"
#include "index/lexical/state.hpp"

namespace lectern::index::lexical {

[[nodiscard]] Result<LexicalCheck> verify(const State& state, const AnalysisOptions& analysis);

}  // namespace lectern::index::lexical
