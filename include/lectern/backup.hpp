// lectern/backup.hpp: what is done with backups apart from making, listing and restoring them,
// which a Collection does.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "lectern/engine.hpp"
#include "lectern/status.hpp"

namespace lectern {

struct BackupFile {
    std::string name;  // its path below the folder of the backups, with '/'
    std::uint64_t bytes = 0;
};

// The files of one backup. Copied with their paths into an empty folder they are the same backup
// there. not_found when there is none of that number, corrupt when it is damaged, unsupported of a
// cluster.
[[nodiscard]] LECTERN_API Result<std::vector<BackupFile>> backup_files(
    const std::filesystem::path& folder, std::uint32_t id);

// Takes one backup out of a folder; what others share with it stays. Not while one is made there.
// not_found when there is none of that number.
[[nodiscard]] LECTERN_API Status delete_backup(const std::filesystem::path& folder,
                                               std::uint32_t id);

}  // namespace lectern
