// engine/collection/upkeep.hpp: what the public upkeep functions share.
#pragma once

#include "lectern/lectern.hpp"
#include "storage/maintenance/backup.hpp"

namespace lectern {

[[nodiscard]] BackupInfo info_of(const storage::Backup& backup);

// Of a collection in use.
[[nodiscard]] Result<VerifyReport> verify_open(const storage::Store& store,
                                               const VerifyOptions& options);

}  // namespace lectern
