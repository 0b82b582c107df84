// engine/sync/apply.hpp: carries out what a plan says.
#pragma once

#include "engine/sync/plan.hpp"
#include "engine/sync/stored_files.hpp"
#include "engine/sync/sync.hpp"

namespace lectern {

// `report` has what was done also when the Status is a failure.
[[nodiscard]] Status apply_plan(const SyncTarget& target, const SyncPlan& plan,
                                const StoredFiles& stored, const SyncOptions& options,
                                SyncReport& report);

}  // namespace lectern
