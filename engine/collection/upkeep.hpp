// engine/collection/upkeep.hpp: what the public upkeep functions share.
#pragma once

#include "lectern/lectern.hpp"
#include "storage/backup.hpp"

namespace lectern {

[[nodiscard]] BackupInfo info_of(const storage::Backup& backup);

}  // namespace lectern
