#include "storage/maintenance/backup_folder.hpp"

#include <algorithm>
#include <string>
#include <system_error>
#include <utility>

#include "storage/store/encoding.hpp"
#include "storage/store/quote.hpp"

namespace lectern::storage {

namespace fs = std::filesystem;

namespace {

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

}  // namespace

Status backup_failure(const rocksdb::Status& status, const fs::path& folder, const char* doing) {
    const std::string message =
        "backups in " + in_quotes(folder.string()) + ", " + doing + ": " + status.ToString();
    if (status.IsNoSpace() || message.find("No space left") != std::string::npos)
        return {Code::resource_exhausted, message + "; free some disk space and try again"};
    if (status.IsCorruption())
        return {Code::corrupt, message + "; use another backup ('lectern backups " +
                                   folder.string() + "' lists them)"};
    if (status.IsNotFound()) return {Code::not_found, message};
    if (message.find("Permission denied") != std::string::npos)
        return {Code::unavailable, message + "; check who owns the folder"};
    return {Code::internal, message};
}

rocksdb::BackupEngineOptions backup_engine_options(const fs::path& folder) {
    rocksdb::BackupEngineOptions options(folder.string());
    options.share_table_files = true;
    options.share_files_with_checksum = true;
    options.sync = true;
    options.max_background_operations = 2;
    // Bytes of one file between calls of the progress callback, which come once a buffer at most.
    options.callback_trigger_interval_size = 4096;
    return options;
}

bool holds_backups(const fs::path& folder) {
    std::error_code error;
    return fs::is_directory(folder / "meta", error);
}

Result<std::unique_ptr<rocksdb::BackupEngineReadOnly>> read_backups(
    const fs::path& folder, std::shared_ptr<rocksdb::RateLimiter> limiter) {
    if (!holds_backups(folder))
        return Status{Code::not_found, in_quotes(folder.string()) +
                                           " holds no backups; make one with 'lectern backup -c "
                                           "COLLECTION " +
                                           folder.string() + "'"};
    rocksdb::BackupEngineOptions options = backup_engine_options(folder);
    options.restore_rate_limiter = std::move(limiter);
    rocksdb::BackupEngineReadOnly* engine = nullptr;
    const rocksdb::Status status =
        rocksdb::BackupEngineReadOnly::Open(rocksdb::Env::Default(), options, &engine);
    if (!status.ok()) return backup_failure(status, folder, "opening");
    return std::unique_ptr<rocksdb::BackupEngineReadOnly>(engine);
}

std::vector<Backup> backups_of(const rocksdb::BackupEngineReadOnlyBase& engine) {
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

Result<Backup> find_backup(const rocksdb::BackupEngineReadOnlyBase& engine, std::uint32_t id,
                           const fs::path& folder) {
    const std::vector<Backup> backups = backups_of(engine);
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

}  // namespace lectern::storage
