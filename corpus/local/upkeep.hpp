// corpus/local/upkeep.hpp: what the upkeep of open and of closed collections shares.
#pragma once

#include "lectern/lectern.hpp"
#include "storage/maintenance/backup.hpp"

namespace lectern::corpus::local {

[[nodiscard]] BackupInfo info_of(const storage::Backup& backup);

// Of a collection in use.
[[nodiscard]] Result<VerifyReport> verify_open(const storage::Store& store,
                                               const VerifyOptions& options);

}  // namespace lectern::corpus::local
