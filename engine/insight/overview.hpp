// engine/insight/overview.hpp: a collection in pictures: when its documents came, how its chunks
// lie.
#pragma once

#include "corpus/corpus.hpp"
#include "lectern/lectern.hpp"

namespace lectern {

[[nodiscard]] Result<Overview> run_overview(const corpus::Corpus& corpus,
                                            const OverviewOptions& options);

}  // namespace lectern
