// engine/insight/recall.hpp: what the vector index finds for a query, against every vector there
// is.
#pragma once

#include "engine/search/query.hpp"

namespace lectern {

[[nodiscard]] Result<RecallSample> run_recall(const QueryContext& context, std::string_view text,
                                              const RecallOptions& options);

}  // namespace lectern
