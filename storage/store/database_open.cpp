// Opening a collection's store: what is refused, what is cut off, what is made.
#include <algorithm>
#include <cstring>
#include <random>
#include <system_error>

#include "storage/maintenance/backup.hpp"
#include "storage/maintenance/log_check.hpp"
#include "storage/store/clock.hpp"
#include "storage/store/database.hpp"
#include "storage/store/database_listener.hpp"
#include "storage/store/files.hpp"
#include "storage/store/keys.hpp"
#include "storage/store/quote.hpp"
#include "storage/store/rocksdb_options.hpp"
#include "storage/store/store_lock.hpp"

namespace lectern::storage {

namespace fs = std::filesystem;

namespace {

std::string format_bytes() {
    std::string bytes(4, '\0');
    for (std::size_t i = 0; i < 4; ++i) bytes[i] = static_cast<char>(format_version >> (8 * i));
    return bytes;
}

Hash128 random_id() {
    std::random_device device;
    Hash128 id;
    for (std::size_t i = 0; i < id.bytes.size(); i += 4) {
        const std::uint32_t part = device();
        std::memcpy(id.bytes.data() + i, &part, sizeof part);
    }
    return id;
}

// Without CURRENT, RocksDB's files are a store that is damaged, and not one that is missing.
Status refuse_lost_current(const fs::path& folder) {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder / "store", error)) {
        const fs::path extension = entry.path().extension();
        if (extension == ".sst" || extension == ".log")
            return {Code::corrupt, quoted_path(folder / "store") +
                                       " has data files but no CURRENT file; 'lectern repair "
                                       "-c " +
                                       folder.string() +
                                       "' saves what can be read, or restore a backup"};
    }
    return {};
}

// Whether a collection may be made in the folder: it is missing, empty, or holds what an
// interrupted creation leaves behind.
Status may_create(const fs::path& folder) {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
        const fs::path entry_name = entry.path().filename();
        if (entry_name != "store" && entry_name != "index")
            return {Code::invalid_argument,
                    quoted_path(folder) + " is not empty and is no collection (it holds " +
                        quoted_path(entry_name) +
                        "); name an empty folder or one that does not exist"};
    }
    return {};
}

}  // namespace

Result<std::unique_ptr<Database>> Database::open(const fs::path& folder,
                                                 const OpenOptions& options) {
    std::error_code error;
    const fs::file_status kind = fs::status(folder, error);
    if (fs::exists(kind) && !fs::is_directory(kind))
        return Status{Code::invalid_argument,
                      quoted_path(folder) + " is a file; a collection is a folder"};
    const bool there = fs::exists(folder / "store" / "CURRENT", error);
    if (error) return file_error(folder / "store", "opening", error.value());
    if (!there && fs::exists(folder / unfinished_restore, error))
        return Status{Code::not_found, quoted_path(folder) +
                                           " is no collection yet: a restore to it was cut off; "
                                           "run the same 'lectern restore' again, or remove the "
                                           "folder"};
    if (!there && fs::exists(folder / "repaired" / "store", error))
        return Status{Code::corrupt, "collection " + quoted_path(folder) +
                                         ": a repair of it was cut off; run 'lectern repair -c " +
                                         folder.string() + "' again"};
    if (!there) LECTERN_TRY(refuse_lost_current(folder));
    if (there && options.error_if_exists)
        return Status{Code::invalid_argument, quoted_path(folder) + " holds a collection already"};
    if (!there && !options.create_if_missing) {
        if (!fs::exists(kind))
            return Status{Code::not_found, "there is no collection " + quoted_path(folder) +
                                               ": the folder does not exist"};
        return Status{Code::not_found, quoted_path(folder) + " is no collection: it has no store/"};
    }
    if (!there) {
        LECTERN_TRY(may_create(folder));
        fs::create_directories(folder / "store", error);
        if (error) return file_error(folder / "store", "creating", error.value());
    }

    std::unique_ptr<Database> database(new Database(folder));
    if (options.read_only) {
        LECTERN_TRY(database->open_to_read(options, false));
        LECTERN_ASSIGN(const auto format, database->get(Column::meta, meta_key::format, nullptr));
        if (!format && database->acknowledged_.last() > 0)
            return database->lost(0, database->acknowledged_.last());
        if (!format)
            return Status{Code::not_found, quoted_path(folder) +
                                               " is no collection: creating it "
                                               "was interrupted"};
        LECTERN_ASSIGN(const std::uint32_t version, database->check_format(*format));
        LECTERN_TRY(database->load(version));
        return database;
    }
    LECTERN_TRY(database->open_rocksdb(options));
    // A restore that was cut off when its work was done: the collection is in use from now on, and
    // no restore takes it for its own.
    fs::remove_all(folder / unfinished_restore, error);
    fs::create_directories(folder / "index", error);
    if (error) return file_error(folder / "index", "creating", error.value());
    LECTERN_ASSIGN(const auto format, database->get(Column::meta, meta_key::format, nullptr));
    if (format) {
        LECTERN_ASSIGN(const std::uint32_t version, database->check_format(*format));
        if (version < format_version) LECTERN_TRY(database->upgrade());
    } else if (const Sequence last = database->acknowledged_.last(); last > 0) {
        return database->lost(0, last);
    } else {
        if (!options.create_if_missing)
            return Status{Code::not_found, quoted_path(folder) +
                                               " is no collection: creating it was interrupted, or "
                                               "its store/ is another program's database"};
        LECTERN_TRY(database->create());
    }
    LECTERN_TRY(database->load(format_version));
    LECTERN_TRY(database->refuse_lost_commits());
    return database;
}

std::vector<rocksdb::ColumnFamilyDescriptor> Database::columns_for_repair() {
    const OpenOptions options;
    const std::shared_ptr<rocksdb::Cache> cache = rocksdb::NewLRUCache(options.block_cache_bytes);
    std::vector<rocksdb::ColumnFamilyDescriptor> columns;
    for (std::size_t i = 0; i < column_count; ++i) {
        const auto column = static_cast<Column>(i);
        columns.emplace_back(name(column), column_options(column, options, cache));
    }
    return columns;
}

Result<std::unique_ptr<Database>> Database::open_damaged(const fs::path& folder) {
    std::unique_ptr<Database> database(new Database(folder));
    LECTERN_TRY(database->open_to_read({}, true));
    return database;
}

Status Database::open_to_read(const OpenOptions& options, bool damaged) {
    const std::string path = (folder_ / "store").string();
    rocksdb::DBOptions database = database_options(options);
    database.create_if_missing = false;
    database.create_missing_column_families = false;
    database.info_log = silence();
    database.paranoid_checks = !damaged;
    // For compactions, of which there are none here. To make them RocksDB reads tables without the
    // checks of every other reader: one that is not what the list of files says ends the process.
    database.skip_stats_update_on_db_open = true;
    // Torn ends have no later record behind them; damaged logs give what can be read.
    database.wal_recovery_mode = damaged ? rocksdb::WALRecoveryMode::kSkipAnyCorruptedRecords
                                         : rocksdb::WALRecoveryMode::kPointInTimeRecovery;
    if (!damaged) {
        LECTERN_ASSIGN(StoreLock lock, StoreLock::take(folder_, *database.env));
        lock_ = std::make_unique<StoreLock>(std::move(lock));
        LECTERN_ASSIGN(const std::vector<LogReport> logs,
                       storage::check_logs(folder_ / "store", *database.env));
        for (const LogReport& log : logs) LECTERN_TRY(refuse_damage(log));
    }
    std::vector<std::string> names;
    const rocksdb::Status listed = rocksdb::DB::ListColumnFamilies(database, path, &names);
    if (!listed.ok()) return failure(listed, "opening");
    const std::shared_ptr<rocksdb::Cache> cache = rocksdb::NewLRUCache(options.block_cache_bytes);
    std::vector<rocksdb::ColumnFamilyDescriptor> columns;
    std::vector<std::optional<std::size_t>> places;  // of our columns in `columns`
    for (std::size_t i = 0; i < column_count; ++i) {
        const auto column = static_cast<Column>(i);
        places.emplace_back();
        if (std::find(names.begin(), names.end(), name(column)) == names.end()) continue;
        places.back() = columns.size();
        columns.emplace_back(name(column), column_options(column, options, cache));
    }
    std::vector<rocksdb::ColumnFamilyHandle*> opened_handles;
    rocksdb::DB* opened = nullptr;
    const rocksdb::Status status =
        rocksdb::DB::OpenForReadOnly(database, path, columns, &opened_handles, &opened);
    if (!status.ok()) return failure(status, "opening");
    db_.reset(opened);
    for (const auto& place : places) handles_.push_back(place ? opened_handles[*place] : nullptr);
    refuse_writes({Code::invalid_argument, "the collection was opened to read only"});
    for (std::size_t i = 0; i < column_count; ++i)
        // Postings came later and are derived.
        if (handles_[i] == nullptr && i <= static_cast<std::size_t>(Column::changes))
            return {Code::corrupt, "collection " + quoted_path(folder_) +
                                       ": its store lacks the "
                                       "column family " +
                                       name(static_cast<Column>(i))};
    return {};
}

Status Database::open_rocksdb(const OpenOptions& options) {
    const std::string path = (folder_ / "store").string();
    const std::shared_ptr<rocksdb::Cache> cache = rocksdb::NewLRUCache(options.block_cache_bytes);
    std::vector<rocksdb::ColumnFamilyDescriptor> columns;
    for (std::size_t i = 0; i < column_count; ++i) {
        const auto column = static_cast<Column>(i);
        columns.emplace_back(name(column), column_options(column, options, cache));
    }
    // A later version may have more; RocksDB opens all or none, and the format check comes after.
    std::vector<std::string> names;
    rocksdb::DBOptions database = database_options(options);
    if (rocksdb::DB::ListColumnFamilies(database, path, &names).ok()) {
        for (const std::string& other : names) {
            const auto same = [&](const auto& column) { return column.name == other; };
            if (std::none_of(columns.begin(), columns.end(), same))
                columns.emplace_back(other, rocksdb::ColumnFamilyOptions());
        }
    }
    LECTERN_ASSIGN(StoreLock lock, StoreLock::take(folder_, *database.env));
    LECTERN_TRY(check_logs(*database.env));
    lock.release();  // RocksDB takes it itself
    database.info_log = warnings_file(path);
    listener_ = std::make_shared<Listener>(*this);
    database.listeners.push_back(listener_);

    rocksdb::DB* opened = nullptr;
    const rocksdb::Status status = rocksdb::DB::Open(database, path, columns, &handles_, &opened);
    if (!status.ok()) {
        handles_.clear();
        return failure(status, "opening");
    }
    db_.reset(opened);
    return {};
}

// Damaged logs are refused: replaying them would drop acknowledged commits. Torn tails, which no
// one was told of, are cut off.
Status Database::check_logs(rocksdb::Env& environment) const {
    LECTERN_ASSIGN(const std::vector<LogReport> logs,
                   storage::check_logs(folder_ / "store", environment));
    for (const LogReport& log : logs) {
        if (log.damage.empty() && log.torn_bytes > 0) {
            std::error_code error;
            fs::resize_file(log.file, log.bytes - log.torn_bytes, error);
            if (error) return file_error(log.file, "cutting off the torn end of", error.value());
        }
        LECTERN_TRY(refuse_damage(log));
    }
    return {};
}

Status Database::refuse_damage(const LogReport& log) const {
    if (log.damage.empty()) return {};
    return {Code::corrupt, "collection " + quoted_path(folder_) + ": " + describe(log) +
                               ", what came after them would be lost; 'lectern repair -c " +
                               folder_.string() + "' saves what can be read, or restore a backup"};
}

Result<std::uint32_t> Database::check_format(std::string_view bytes) const {
    if (bytes.size() != 4) return undecodable("the format version");
    std::uint32_t version = 0;
    for (std::size_t i = 4; i-- > 0;) version = version << 8 | static_cast<unsigned char>(bytes[i]);
    if (version >= oldest_format_version && version <= format_version) return version;
    if (version > format_version)
        return Status{Code::unsupported, "collection " + quoted_path(folder_) +
                                             " has on-disk format " + std::to_string(version) +
                                             ", this version of Lectern knows formats up to " +
                                             std::to_string(format_version) +
                                             "; open it with the newer Lectern"};
    return undecodable("the format version " + std::to_string(version));
}

Status Database::create() {
    const Hash128 id = random_id();
    Settings settings;
    settings.created_at = now_milliseconds();
    rocksdb::WriteBatch batch;
    const auto put = [&](std::string_view key, std::string_view value) {
        return batch.Put(handle(Column::meta), slice(key), slice(value));
    };
    rocksdb::Status status = put(meta_key::format, format_bytes());
    if (status.ok())
        status = put(meta_key::id, {reinterpret_cast<const char*>(id.bytes.data()), 16});
    if (status.ok()) status = put(meta_key::settings, encode(settings));
    if (status.ok()) status = put(meta_key::state, encode(State{}));
    if (!status.ok()) return failure(status, "creating the collection");
    LECTERN_TRY(write(batch, true, "creating the collection"));
    LECTERN_TRY(sync_folder(folder_));
    return sync_folder(parent_of(folder_));
}

// From format 1: the settings record got a field, and there may be postings, which older versions
// would not keep up to date.
Status Database::upgrade() {
    LECTERN_ASSIGN(const auto bytes, get(Column::meta, meta_key::settings, nullptr));
    const auto settings = decode_settings(bytes.value_or(""));
    if (!settings) return undecodable("the collection's settings");
    rocksdb::WriteBatch batch;
    rocksdb::Status status =
        batch.Put(handle(Column::meta), slice(meta_key::settings), encode(*settings));
    if (status.ok())
        status = batch.Put(handle(Column::meta), slice(meta_key::format), format_bytes());
    if (!status.ok()) return failure(status, "bringing it to the present format");
    return write(batch, true, "bringing it to the present format");
}

Status Database::load(std::uint32_t format) {
    CollectionMeta meta;
    meta.format = format;
    LECTERN_ASSIGN(const auto id, get(Column::meta, meta_key::id, nullptr));
    if (!id || id->size() != meta.id.bytes.size()) return undecodable("the collection's id");
    std::memcpy(meta.id.bytes.data(), id->data(), id->size());

    LECTERN_ASSIGN(const auto settings_bytes, get(Column::meta, meta_key::settings, nullptr));
    const auto settings = decode_settings(settings_bytes.value_or(""));
    if (!settings) return undecodable("the collection's settings");
    meta.created_at = settings->created_at;
    meta.pipeline_name = settings->pipeline_name;
    meta.pipeline_yaml = settings->pipeline_yaml;
    meta.pipeline_folder = settings->pipeline_folder;
    meta.serving = settings->serving;

    std::unique_ptr<rocksdb::Iterator> rows(
        db_->NewIterator(rocksdb::ReadOptions(), handle(Column::meta)));
    for (rows->Seek(slice(meta_key::generation));
         rows->Valid() && rows->key().starts_with(slice(meta_key::generation)); rows->Next()) {
        auto generation = decode_generation(view(rows->value()));
        if (!generation) return undecodable("a generation");
        meta.generations.push_back(std::move(*generation));
    }
    if (!rows->status().ok()) return failure(rows->status(), "reading the generations");

    LECTERN_ASSIGN(const auto state_bytes, get(Column::meta, meta_key::state, nullptr));
    const auto state = decode_state(state_bytes.value_or(""));
    if (!state) return undecodable("the collection's counters");
    publish(*state, std::make_shared<const CollectionMeta>(std::move(meta)));
    return {};
}

Status Database::refuse_lost_commits() const {
    const Sequence there = now()->state.sequence;
    return acknowledged() <= there ? Status{} : lost(there, acknowledged());
}

}  // namespace lectern::storage
