// Restore. While it works, and until it has looked at what it made, `to` holds the folder
// `restoring`: with the name of the backup, and the store as far as it is copied. One rename makes
// the collection appear, whole and synced.
#include <rocksdb/utilities/backup_engine.h>

#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <system_error>

#include "storage/maintenance/backup.hpp"
#include "storage/maintenance/backup_folder.hpp"
#include "storage/store/file_calls.hpp"
#include "storage/store/files.hpp"
#include "storage/store/kill_point.hpp"
#include "storage/store/quote.hpp"

namespace lectern::storage {

namespace fs = std::filesystem;

namespace {

// What the note in `restoring` says.
std::string name_of(const Backup& backup) {
    return "backup " + std::to_string(backup.id) + " of collection " + to_hex(backup.collection) +
           ", made at " + std::to_string(backup.created_at) + " from commit " +
           std::to_string(backup.sequence) + "\n";
}

std::string content(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

class Restore {
 public:
    Restore(const rocksdb::BackupEngineReadOnly& engine, const fs::path& backups, Backup backup,
            fs::path to)
        : engine_(engine), backups_(backups), backup_(std::move(backup)), to_(std::move(to)) {}

    Status run() {
        std::error_code error;
        LECTERN_TRY(check_target());
        if (!fs::exists(to_ / "store", error)) {
            LECTERN_TRY(build());
            LECTERN_TRY(appear());
        }
        return finish();
    }

 private:
    // What a killed restore has left may be taken up again; anything else is somebody's.
    [[nodiscard]] Status check_target() const {
        std::error_code error;
        if (!fs::exists(to_, error)) return {};
        bool free = fs::is_directory(to_, error);
        bool whole = false;
        if (free) {
            for (const auto& entry : fs::directory_iterator(to_, error)) {
                const fs::path name = entry.path().filename();
                whole = whole || name == "store";
                free = free && (name == unfinished_restore || name == "store");
            }
            if (error) return file_error(to_, "listing", error.value());
        }
        if (free && (!whole || content(note()) == name_of(backup_))) return {};
        if (free && fs::exists(note(), error))
            return {Code::invalid_argument,
                    in_quotes(to_.string()) +
                        " holds the collection that a restore of another backup made (" +
                        content(note()).substr(0, 200) +
                        "); restore to a folder that does not exist"};
        return {Code::invalid_argument,
                in_quotes(to_.string()) + " is not empty; restore to a folder that does not exist"};
    }

    Status build() {
        kill_point("restore.before");
        std::error_code error;
        fs::remove_all(working(), error);
        fs::create_directories(working() / "store", error);
        if (error) return file_error(working(), "creating", error.value());
        // Sizes and checksums first: the copy itself compares only what the backup's list says.
        rocksdb::Status status = engine_.VerifyBackup(backup_.id, true);
        if (!status.ok()) return given_up(backup_failure(status, backups_, "verifying one"));
        const std::string store = (working() / "store").string();
        status = engine_.RestoreDBFromBackup(backup_.id, store, store);
        if (!status.ok()) return given_up(backup_failure(status, backups_, "restoring one"));
        LECTERN_TRY(sync_folder(store));
        LECTERN_TRY(write_file(note(), name_of(backup_)));
        return sync_folder(working());
    }

    Status appear() {
        kill_point("restore.before_rename");
        if (const int error = file_call::rename(working() / "store", to_ / "store"); error != 0)
            return file_error(to_ / "store", "making", error);
        kill_point("restore.after_rename");
        return {};
    }

    Status finish() {
        LECTERN_TRY(sync_folder(to_));
        LECTERN_TRY(sync_folder(parent_of(to_)));
        {
            LECTERN_ASSIGN(const auto store, Store::open(to_, {.read_only = true}));
            if (store->meta().id != backup_.collection || store->sequence() < backup_.sequence)
                return {Code::corrupt,
                        "the restored collection is not what the backup's record says; "
                        "use another backup"};
        }
        std::error_code error;
        fs::remove_all(working(), error);
        if (error) return file_error(working(), "removing", error.value());
        return sync_folder(to_);
    }

    // The folder stays, empty, when it was there before.
    Status given_up(Status why) const {
        std::error_code ignored;
        fs::remove_all(working(), ignored);
        return why;
    }

    [[nodiscard]] fs::path working() const { return to_ / unfinished_restore; }
    [[nodiscard]] fs::path note() const { return working() / "backup"; }

    const rocksdb::BackupEngineReadOnly& engine_;
    const fs::path& backups_;
    const Backup backup_;
    const fs::path to_;
};

}  // namespace

Result<Backup> restore_backup(const fs::path& folder, std::uint32_t id, const fs::path& to) {
    LECTERN_ASSIGN(const auto engine,
                   read_backups(folder, std::make_shared<CopyWatch>(
                                            [](std::uint64_t) { kill_point("restore.during"); })));
    LECTERN_ASSIGN(const Backup backup, find_backup(*engine, id, folder));
    if (backup.format > format_version)
        return Status{Code::unsupported,
                      "backup " + std::to_string(backup.id) + " has on-disk format " +
                          std::to_string(backup.format) + "; restore it with the newer Lectern"};
    LECTERN_TRY(Restore(*engine, folder, backup, to).run());
    return backup;
}

}  // namespace lectern::storage
