#include "storage/backup.hpp"

#include <rocksdb/utilities/backup_engine.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <string>
#include <system_error>

#include "storage/database.hpp"
#include "storage/encoding.hpp"
#include "storage/files.hpp"
#include "storage/kill_point.hpp"
#include "storage/quote.hpp"

namespace lectern::storage {

namespace fs = std::filesystem;

namespace {

Status failure(const rocksdb::Status& status, const fs::path& folder, const char* doing) {
    const std::string message =
        "backups in " + in_quotes(folder.string()) + ", " + doing + ": " + status.ToString();
    if (status.IsNoSpace() || message.find("No space left") != std::string::npos)
        return {Code::resource_exhausted, message + "; free some disk space and try again"};
    if (status.IsCorruption()) return {Code::corrupt, message + "; use another backup"};
    if (status.IsNotFound()) return {Code::not_found, message};
    if (message.find("Permission denied") != std::string::npos)
        return {Code::unavailable, message + "; check who owns the folder"};
    return {Code::internal, message};
}

rocksdb::BackupEngineOptions engine_options(const fs::path& folder) {
    rocksdb::BackupEngineOptions options(folder.string());
    options.share_table_files = true;
    options.share_files_with_checksum = true;
    options.sync = true;
    options.max_background_operations = 2;
    // Bytes of one file between calls of the progress callback, which come once a buffer at most.
    options.callback_trigger_interval_size = 4096;
    return options;
}

// Whether the folder holds backups, or nothing but what an interrupted first one leaves.
bool holds_backups(const fs::path& folder) {
    std::error_code error;
    return fs::is_directory(folder / "meta", error);
}

Backup from(const rocksdb::BackupInfo& info) {
    Backup backup;
    backup.id = info.backup_id;
    backup.created_at = info.timestamp * 1000;
    backup.bytes = info.size;
    backup.files = info.number_files;
    const auto note = decode_backup_note(info.app_metadata);
    if (!note) {
        backup.damaged = true;
        return backup;
    }
    backup.collection = note->collection;
    backup.format = note->format;
    backup.sequence = note->sequence;
    backup.documents = note->documents;
    return backup;
}

Result<std::unique_ptr<rocksdb::BackupEngineReadOnly>> open_to_read(const fs::path& folder) {
    if (!holds_backups(folder))
        return Status{Code::not_found, in_quotes(folder.string()) +
                                           " holds no backups; make one with 'lectern backup -c "
                                           "COLLECTION " +
                                           folder.string() + "'"};
    rocksdb::BackupEngineReadOnly* engine = nullptr;
    const rocksdb::Status status = rocksdb::BackupEngineReadOnly::Open(
        rocksdb::Env::Default(), engine_options(folder), &engine);
    if (!status.ok()) return failure(status, folder, "opening");
    return std::unique_ptr<rocksdb::BackupEngineReadOnly>(engine);
}

std::vector<Backup> list(const rocksdb::BackupEngineReadOnlyBase& engine) {
    std::vector<rocksdb::BackupInfo> infos;
    engine.GetBackupInfo(&infos);
    std::vector<Backup> backups;
    for (const rocksdb::BackupInfo& info : infos) backups.push_back(from(info));
    std::vector<rocksdb::BackupID> corrupted;
    engine.GetCorruptedBackups(&corrupted);
    for (const rocksdb::BackupID id : corrupted) {
        Backup backup;
        backup.id = id;
        backup.damaged = true;
        backups.push_back(backup);
    }
    std::sort(backups.begin(), backups.end(),
              [](const Backup& a, const Backup& b) { return a.id < b.id; });
    return backups;
}

Result<Backup> find(const std::vector<Backup>& backups, std::uint32_t id, const fs::path& folder) {
    for (auto backup = backups.rbegin(); backup != backups.rend(); ++backup) {
        if (id == 0 ? backup->damaged : backup->id != id) continue;
        if (!backup->damaged) return *backup;
        return Status{Code::corrupt, "backup " + std::to_string(id) + " in " +
                                         in_quotes(folder.string()) +
                                         " is damaged; use another one ('lectern backups " +
                                         folder.string() + "' lists them)"};
    }
    return Status{Code::not_found,
                  in_quotes(folder.string()) + " holds no " +
                      (id == 0 ? std::string("whole backup") : "backup " + std::to_string(id)) +
                      "; 'lectern backups " + folder.string() + "' lists them"};
}

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
    LECTERN_ASSIGN(const auto engine, open_to_read(to));
    for (const Backup& backup : list(*engine))
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
        rocksdb::BackupEngine::Open(rocksdb::Env::Default(), engine_options(to), &opened);
    if (!status.ok()) return failure(status, to, "opening");
    const std::unique_ptr<rocksdb::BackupEngine> engine(opened);

    const BackupNote note{meta.id, meta.format, store.sequence(), store.counters().documents};
    rocksdb::CreateBackupOptions options;
    options.flush_before_backup = true;  // table files are shared between backups, logs are not
    options.progress_callback = [] { kill_point("backup.during"); };
    rocksdb::BackupID id = 0;
    status =
        engine->CreateNewBackupWithMetadata(options, &store.database().db(), encode(note), &id);
    if (!status.ok()) return failure(status, to, "making one");
    return find(list(*engine), id, to);
}

Result<std::vector<Backup>> list_backups(const fs::path& folder) {
    LECTERN_ASSIGN(const auto engine, open_to_read(folder));
    return list(*engine);
}

Status verify_backup(const fs::path& folder, std::uint32_t id) {
    LECTERN_ASSIGN(const auto engine, open_to_read(folder));
    LECTERN_ASSIGN(const Backup backup, find(list(*engine), id, folder));
    const rocksdb::Status status = engine->VerifyBackup(backup.id, true);
    return status.ok() ? Status{} : failure(status, folder, "verifying one");
}

Result<Backup> restore_backup(const fs::path& folder, std::uint32_t id, const fs::path& to) {
    std::error_code error;
    if (fs::exists(to, error) && (!fs::is_directory(to, error) || !fs::is_empty(to, error))) {
        // What a killed restore leaves may be taken up again.
        for (const auto& entry : fs::directory_iterator(to, error))
            if (entry.path().filename() != "restoring") error = {EEXIST, std::generic_category()};
        if (error)
            return Status{
                Code::invalid_argument,
                in_quotes(to.string()) + " is not empty; restore to a folder that does not exist"};
    }
    LECTERN_ASSIGN(const auto engine, open_to_read(folder));
    LECTERN_ASSIGN(const Backup backup, find(list(*engine), id, folder));
    if (backup.format > format_version)
        return Status{Code::unsupported,
                      "backup " + std::to_string(backup.id) + " has on-disk format " +
                          std::to_string(backup.format) + "; restore it with the newer Lectern"};
    const fs::path building = to / "restoring";
    fs::remove_all(building, error);
    fs::create_directories(to, error);
    if (error) return file_error(to, "creating", error.value());
    // Sizes and checksums first: the copy itself compares only what the backup's list says.
    rocksdb::Status status = engine->VerifyBackup(backup.id, true);
    if (!status.ok()) return failure(status, folder, "verifying one");
    status = engine->RestoreDBFromBackup(backup.id, building.string(), building.string());
    if (!status.ok()) {
        fs::remove_all(building, error);
        return failure(status, folder, "restoring one");
    }
    fs::rename(building, to / "store", error);
    if (error) return file_error(to / "store", "making", error.value());
    LECTERN_TRY(sync_folder(to));
    LECTERN_ASSIGN(const auto store, Store::open(to));
    if (store->meta().id != backup.collection || store->sequence() < backup.sequence)
        return Status{Code::corrupt,
                      "the restored collection is not what the backup's record says; "
                      "use another backup"};
    return backup;
}

}  // namespace lectern::storage
