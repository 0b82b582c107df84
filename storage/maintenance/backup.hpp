// storage/maintenance/backup.hpp: copies of a collection's store, with RocksDB's backup engine.
//
// A backup folder holds backups of one collection, numbered from 1. Each is whole by itself, and
// files that two of them share are there once: a backup copies what is new. Every file has a
// checksum. Index caches are not in it; they are built again.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <vector>

#include "lectern/backup.hpp"
#include "lectern/status.hpp"
#include "storage/store/store.hpp"
#include "storage/store/types.hpp"

namespace lectern::storage {

struct Backup {
    std::uint32_t id = 0;
    std::int64_t created_at = 0;  // milliseconds since 1970-01-01 UTC, to the second
    std::uint64_t bytes = 0;      // of its files, shared ones included
    std::uint64_t files = 0;
    Hash128 collection{};
    std::uint32_t format = 0;
    Sequence sequence = 0;        // every commit up to this one is in it, and perhaps later ones
    std::uint64_t documents = 0;  // at that commit
    bool damaged = false;         // its files are not all there; only `id` is known
};

struct BackupWatch {
    // After each piece that was copied: how many bytes, of about how many. One call at a time, on
    // threads of the store's.
    std::function<void(std::uint64_t bytes, std::uint64_t bytes_total)> progress = {};
    std::stop_token stop = {};
};

// Backs the store up while it is being read and written. Made in `to`, a folder that does not
// exist, is empty or holds earlier backups of this collection. invalid_argument otherwise. When it
// fails or is stopped (cancelled), what it has copied is removed, and so is a folder that it made.
[[nodiscard]] Result<Backup> create_backup(const Store& store, const std::filesystem::path& to,
                                           const BackupWatch& watch = {});

// Oldest first. not_found when the folder holds none.
[[nodiscard]] Result<std::vector<Backup>> list_backups(const std::filesystem::path& from);

// The files of one backup: with these alone, another folder holds it too.
[[nodiscard]] Result<std::vector<BackupFile>> files_of_backup(const std::filesystem::path& from,
                                                              std::uint32_t id);

// Reads every file of a backup and compares its checksum. corrupt names the file.
[[nodiscard]] Status verify_backup(const std::filesystem::path& from, std::uint32_t id);

// Takes a backup out, damaged or not; files that others share with it stay. not_found when there is
// none of that number.
[[nodiscard]] Status delete_backup(const std::filesystem::path& from, std::uint32_t id);

// Makes the collection `to`, a folder that does not exist or is empty, from a backup; id 0: the
// latest. Every file is checked on the way. It is on disk when ok. When it fails or is killed, `to`
// is no collection, or a whole one that lacks the last look at it; the same call again begins anew
// or does what is left. Nothing of a collection is ever replaced.
[[nodiscard]] Result<Backup> restore_backup(const std::filesystem::path& from, std::uint32_t id,
                                            const std::filesystem::path& to);

// The folder, in that of the collection, that says a restore has not ended. The collection beside
// it, if there is one, is whole. Opening that to write removes it: from then on it is the user's.
inline constexpr const char* unfinished_restore = "restoring";

}  // namespace lectern::storage
