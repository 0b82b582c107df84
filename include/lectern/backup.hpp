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

// The id of a collection in a folder, not open: which backups are of it. As Stats and BackupInfo
// have it. Loads no model.
[[nodiscard]] LECTERN_API Result<std::string> collection_id(
    const std::filesystem::path& collection);

// Of a collection in a folder, not open, that somebody else has made: from here on it works with
// this machine's own pipeline of the same name, which is `own` (a file, or a name that ships) or
// one that ships. A pipeline names programs, files and addresses; whose text is kept decides about
// them. invalid_argument when there is none of the name. Loads no model: whether the vectors are of
// it the next open says.
[[nodiscard]] LECTERN_API Status use_own_pipeline(const std::filesystem::path& collection,
                                                  const Folders& folders,
                                                  const std::string& own = {});

}  // namespace lectern
