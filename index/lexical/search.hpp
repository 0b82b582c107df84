// index/lexical/search.hpp: one search over a state of the index.
#pragma once

#include <mutex>
#include <string_view>

#include "index/lexical/lexical_index.hpp"
#include "index/lexical/state.hpp"

namespace lectern::index::lexical {

// `analyzer` is used under `analyzer_mutex`.
[[nodiscard]] Result<LexicalResult> search(const State& state, Analyzer& analyzer,
                                           std::mutex& analyzer_mutex, std::string_view text,
                                           std::size_t k, const LexicalSearchOptions& options);

}  // namespace lectern::index::lexical
