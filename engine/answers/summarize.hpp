// engine/answers/summarize.hpp: a document in a few sentences, each with the bytes it stands on.
#pragma once

#include <string_view>

#include "engine/search/query.hpp"

namespace lectern {

// Map and reduce: the chunks nearest to the document's centre are read in parts; the central
// sentences of each part are summarised, and what those summaries cite is summarised again. Every
// sentence is verified as in an answer. not_found names the document.
[[nodiscard]] Result<Summary> run_summarize(const QueryContext& context, std::string_view document,
                                            const SummarizeOptions& options);

}  // namespace lectern
