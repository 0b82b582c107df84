#include "storage/maintenance/backup.hpp"

#include <rocksdb/utilities/backup_engine.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "storage/maintenance/backup_folder.hpp"
#include "storage/store/database.hpp"
#include "storage/store/encoding.hpp"
#include "storage/store/files.hpp"
#include "storage/store/kill_point.hpp"
#include "storage/store/quote.hpp"

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

// Counts what is copied and passes it on.
class Progress {
 public:
    Progress(const BackupWatch& watch, std::uint64_t total) : watch_(watch), total_(total) {}
    void copied(std::uint64_t bytes) {
        const std::lock_guard lock(mutex_);
        done_ = std::min(done_ + bytes, total_);
        if (watch_.progress) watch_.progress(done_, total_);
    }

 private:
    const BackupWatch& watch_;
    const std::uint64_t total_;
    std::mutex mutex_;
    std::uint64_t done_ = 0;
};

// Bytes of the store's files that are not among the backups already, where the table files are
// called NUMBER_SESSION_SIZE.sst.
std::uint64_t bytes_to_copy(const Store& store, const fs::path& to) {
    std::set<std::pair<std::uint64_t, std::uint64_t>> there;  // number, size
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(to / "shared_checksum", ignored)) {
        const std::string name = entry.path().filename().string();
        there.emplace(std::strtoull(name.c_str(), nullptr, 10), entry.file_size(ignored));
    }
    std::vector<rocksdb::LiveFileStorageInfo> files;
    if (!store.database().db().GetLiveFilesStorageInfo({}, &files).ok()) return 0;
    std::uint64_t total = 0;
    for (const rocksdb::LiveFileStorageInfo& file : files)
        if (file.file_type != rocksdb::kTableFile || !there.contains({file.file_number, file.size}))
            total += file.size;
    return total;
}

// Leaves the folder as it was before a backup that is not whole.
void remove_parts(rocksdb::BackupEngine& engine, const fs::path& to, bool to_was_there) {
    (void)engine.GarbageCollect();
    if (!backups_of(engine).empty()) return;
    std::error_code ignored;
    for (const auto& entry : fs::directory_iterator(to, ignored))
        fs::remove_all(entry.path(), ignored);
    if (!to_was_there) fs::remove(to, ignored);
}

}  // namespace

Result<Backup> create_backup(const Store& store, const fs::path& to, const BackupWatch& watch) {
    kill_point("backup.before");
    const CollectionMeta meta = store.meta();
    LECTERN_TRY(check_target(to, meta.id));
    std::error_code error;
    const bool to_was_there = fs::exists(to, error);
    fs::create_directories(to, error);
    if (error) return file_error(to, "creating", error.value());
    Progress progress(watch, bytes_to_copy(store, to));
    std::unique_ptr<rocksdb::BackupEngine> engine;
    rocksdb::BackupEngineOptions engine_options = backup_engine_options(to);
    engine_options.backup_rate_limiter = std::make_shared<CopyWatch>([&](std::uint64_t bytes) {
        progress.copied(bytes);
        if (watch.stop.stop_requested()) engine->StopBackup();
    });
    rocksdb::BackupEngine* opened = nullptr;
    rocksdb::Status status =
        rocksdb::BackupEngine::Open(rocksdb::Env::Default(), engine_options, &opened);
    engine.reset(opened);
    if (!status.ok()) return backup_failure(status, to, "opening");

    const BackupNote note{meta.id, meta.format, store.sequence(), store.counters().documents};
    rocksdb::CreateBackupOptions options;
    options.flush_before_backup = true;  // table files are shared between backups, logs are not
    options.progress_callback = [] { kill_point("backup.during"); };
    rocksdb::BackupID id = 0;
    status =
        engine->CreateNewBackupWithMetadata(options, &store.database().db(), encode(note), &id);
    if (status.ok()) {
        // Tables that earlier backups have are not copied again, and a disk may have changed them.
        status = engine->VerifyBackup(id, true);
        if (status.ok()) return find_backup(*engine, id, to);
        (void)engine->DeleteBackup(id);
        return Status{Code::corrupt, backup_failure(status, to, "verifying the new one").message() +
                                         "; a file that it shares with earlier backups is damaged: "
                                         "make further backups in another folder"};
    }
    remove_parts(*engine, to, to_was_there);
    if (status.IsIncomplete() && watch.stop.stop_requested())
        return Status{Code::cancelled, "the backup was cancelled; nothing is left of it"};
    return backup_failure(status, to, "making one");
}

Result<std::vector<Backup>> list_backups(const fs::path& folder) {
    LECTERN_ASSIGN(const auto engine, read_backups(folder));
    return backups_of(*engine);
}

Result<std::vector<BackupFile>> files_of_backup(const fs::path& folder, std::uint32_t id) {
    LECTERN_ASSIGN(const auto engine, read_backups(folder));
    LECTERN_ASSIGN(const Backup backup, find_backup(*engine, id, folder));
    rocksdb::BackupInfo info;
    const rocksdb::Status status = engine->GetBackupInfo(backup.id, &info, true);
    if (!status.ok()) return backup_failure(status, folder, "listing the files of one");
    std::vector<BackupFile> out;
    for (const rocksdb::BackupFileInfo& file : info.file_details)
        out.push_back({file.relative_filename, file.size});
    // The list of them all, which RocksDB does not count among them.
    const std::string list = "meta/" + std::to_string(backup.id);
    std::error_code error;
    const std::uint64_t bytes = fs::file_size(folder / list, error);
    if (error) return file_error(folder / list, "reading", error.value());
    out.push_back({list, bytes});
    return out;
}

Status delete_backup(const fs::path& folder, std::uint32_t id) {
    {
        LECTERN_ASSIGN(const std::vector<Backup> all, list_backups(folder));
        if (std::none_of(all.begin(), all.end(), [id](const Backup& one) { return one.id == id; }))
            return {Code::not_found, "there is no backup " + std::to_string(id)};
    }
    rocksdb::BackupEngine* opened = nullptr;
    rocksdb::Status status = rocksdb::BackupEngine::Open(rocksdb::Env::Default(),
                                                         backup_engine_options(folder), &opened);
    const std::unique_ptr<rocksdb::BackupEngine> engine(opened);
    if (status.ok()) status = engine->DeleteBackup(id);
    return status.ok() ? Status{} : backup_failure(status, folder, "deleting one");
}

Status verify_backup(const fs::path& folder, std::uint32_t id) {
    LECTERN_ASSIGN(const auto engine, read_backups(folder));
    LECTERN_ASSIGN(const Backup backup, find_backup(*engine, id, folder));
    const rocksdb::Status status = engine->VerifyBackup(backup.id, true);
    return status.ok() ? Status{} : backup_failure(status, folder, "verifying one");
}

}  // namespace lectern::storage
