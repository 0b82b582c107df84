#include "storage/backup.hpp"

#include <rocksdb/utilities/backup_engine.h>

#include <memory>
#include <string>
#include <system_error>

#include "storage/backup_folder.hpp"
#include "storage/database.hpp"
#include "storage/encoding.hpp"
#include "storage/files.hpp"
#include "storage/kill_point.hpp"
#include "storage/quote.hpp"

namespace lectern::storage {

namespace fs = std::filesystem;

namespace {

// Missing, empty, or with backups of the same collection.
Status check_target(const fs::path& to, const Hash128& collection) {
    std::error_code error;
    if (!fs::exists(to, error)) return {};
    if (!fs::is_directory(to, error))
        return {Code::invalid_argument,
                in_quotes(to.string()) + " is a file; backups go to a folder"};
    if (fs::is_empty(to, error)) return {};
    if (!holds_backups(to))
        return {Code::invalid_argument, in_quotes(to.string()) +
                                            " is not empty and holds no backups; name an empty "
                                            "folder or one that does not exist"};
    LECTERN_ASSIGN(const auto engine, read_backups(to));
    for (const Backup& backup : backups_of(*engine))
        if (!backup.damaged && backup.collection != collection)
            return {Code::invalid_argument,
                    in_quotes(to.string()) + " holds backups of another collection (" +
                        to_hex(backup.collection) + "); name another folder"};
    return {};
}

}  // namespace

Result<Backup> create_backup(const Store& store, const fs::path& to) {
    kill_point("backup.before");
    const CollectionMeta meta = store.meta();
    LECTERN_TRY(check_target(to, meta.id));
    std::error_code error;
    fs::create_directories(to, error);
    if (error) return file_error(to, "creating", error.value());
    rocksdb::BackupEngine* opened = nullptr;
    rocksdb::Status status =
        rocksdb::BackupEngine::Open(rocksdb::Env::Default(), backup_engine_options(to), &opened);
    if (!status.ok()) return backup_failure(status, to, "opening");
    const std::unique_ptr<rocksdb::BackupEngine> engine(opened);

    const BackupNote note{meta.id, meta.format, store.sequence(), store.counters().documents};
    rocksdb::CreateBackupOptions options;
    options.flush_before_backup = true;  // table files are shared between backups, logs are not
    options.progress_callback = [] { kill_point("backup.during"); };
    rocksdb::BackupID id = 0;
    status =
        engine->CreateNewBackupWithMetadata(options, &store.database().db(), encode(note), &id);
    if (!status.ok()) return backup_failure(status, to, "making one");
    return find_backup(*engine, id, to);
}

Result<std::vector<Backup>> list_backups(const fs::path& folder) {
    LECTERN_ASSIGN(const auto engine, read_backups(folder));
    return backups_of(*engine);
}

Status verify_backup(const fs::path& folder, std::uint32_t id) {
    LECTERN_ASSIGN(const auto engine, read_backups(folder));
    LECTERN_ASSIGN(const Backup backup, find_backup(*engine, id, folder));
    const rocksdb::Status status = engine->VerifyBackup(backup.id, true);
    return status.ok() ? Status{} : backup_failure(status, folder, "verifying one");
}

}  // namespace lectern::storage
