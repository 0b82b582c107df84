// apps/server/work/backup_sets.hpp: the backups below the data folder, of collections that are
// there and of those that are gone. Each collection has a folder of its own, named by its name and
// its id: one that is dropped and made again has another.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lectern::server {

struct BackupSet {
    std::string name;           // of the folder: "notes-0123…"
    std::string collection;     // as it was called when the last one was made
    std::string collection_id;  // 32 hexadecimal digits
    std::filesystem::path folder;
};

// Where they all are.
[[nodiscard]] std::filesystem::path backups_below(const std::filesystem::path& data);
// By name. Other folders are passed over.
[[nodiscard]] std::vector<BackupSet> backup_sets(const std::filesystem::path& data);
[[nodiscard]] std::optional<BackupSet> find_backup_set(const std::filesystem::path& data,
                                                       std::string_view name);

// A backup's number as it stands in a path.
[[nodiscard]] std::optional<std::uint32_t> backup_number(std::string_view text);
// Whether a folder of backups has files of such a name, which is a path below it.
[[nodiscard]] bool may_be_of_backup(std::string_view name);

}  // namespace lectern::server
