// engine/insight/overview.hpp: a collection in pictures: when its documents came, how its chunks
// lie.
#pragma once

#include "lectern/lectern.hpp"
#include "storage/store/store.hpp"

namespace lectern {

[[nodiscard]] Result<Overview> run_overview(const storage::Store& store,
                                            storage::GenerationNumber generation,
                                            const OverviewOptions& options);

}  // namespace lectern
