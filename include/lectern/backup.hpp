// lectern/backup.hpp: what is done with backups apart from making, listing and restoring them,
// which a Collection does.
#pragma once

#include <cstdint>
#include <filesystem>

#include "lectern/engine.hpp"
#include "lectern/status.hpp"

namespace lectern {

// Takes one backup out of a folder; what others share with it stays. Not while one is made there.
// not_found when there is none of that number.
[[nodiscard]] LECTERN_API Status delete_backup(const std::filesystem::path& folder,
                                               std::uint32_t id);

}  // namespace lectern
