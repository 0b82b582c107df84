#include "storage/database.hpp"

#include <rocksdb/cache.h>
#include <rocksdb/convenience.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/listener.h>
#include <rocksdb/options.h>
#include <rocksdb/table.h>
#include <rocksdb/utilities/table_properties_collectors.h>

#include <algorithm>
#include <cstdarg>
#include <cstring>
#include <random>
#include <system_error>

#include "storage/backup.hpp"
#include "storage/clock.hpp"
#include "storage/files.hpp"
#include "storage/keys.hpp"
#include "storage/log_check.hpp"
#include "storage/quote.hpp"
#include "storage/store_lock.hpp"

namespace lectern::storage {

namespace fs = std::filesystem;

const char* name(Column column) noexcept {
    switch (column) {
        case Column::meta: return "default";
        case Column::ids: return "ids";
        case Column::documents: return "documents";
        case Column::text: return "text";
        case Column::chunks: return "chunks";
        case Column::vectors: return "vectors";
        case Column::changes: return "changes";
        case Column::postings: return "postings";
    }
    return "";
}

// Hears of failures in RocksDB's own threads, which no caller would otherwise see.
class Database::Listener : public rocksdb::EventListener {
 public:
    explicit Listener(Database& database) : database_(&database) {}
    void OnBackgroundError(rocksdb::BackgroundErrorReason, rocksdb::Status* error) override {
        const std::lock_guard lock(mutex_);
        if (database_ == nullptr) return;
        database_->refuse_writes(database_->failure(*error, "writing in the background"));
    }
    void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason, rocksdb::Status,
                              bool* automatic) override {
        *automatic = false;  // what is in memory and what is on disk is settled by a new open
    }
    void forget() {
        const std::lock_guard lock(mutex_);
        database_ = nullptr;
    }

 private:
    std::mutex mutex_;
    Database* database_;
};

namespace {

// RocksDB's own log file is none of a reader's business.
class Silence : public rocksdb::Logger {
 public:
    using rocksdb::Logger::Logv;
    void Logv(const char*, va_list) override {}
};

std::string quoted_path(const fs::path& path) {
    return "\"" + path.string() + "\"";
}

bool says(const rocksdb::Status& status, std::string_view part) {
    return status.ToString().find(part) != std::string::npos;
}

rocksdb::CompressionType pick(std::initializer_list<rocksdb::CompressionType> wished) {
    const std::vector<rocksdb::CompressionType> there = rocksdb::GetSupportedCompressions();
    for (const rocksdb::CompressionType type : wished)
        if (std::find(there.begin(), there.end(), type) != there.end()) return type;
    return rocksdb::kNoCompression;
}

rocksdb::ColumnFamilyOptions column_options(Column column, const OpenOptions& options,
                                            const std::shared_ptr<rocksdb::Cache>& cache) {
    rocksdb::BlockBasedTableOptions table;
    table.block_cache = cache;
    table.cache_index_and_filter_blocks = true;  // counted, and thereby bounded
    table.pin_l0_filter_and_index_blocks_in_cache = true;
    table.format_version = 5;
    table.checksum = rocksdb::kXXH3;
    table.block_size = 16 * 1024;
    if (column == Column::ids || column == Column::documents || column == Column::postings)
        table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));

    rocksdb::ColumnFamilyOptions result;
    result.write_buffer_size = std::max<std::size_t>(options.write_buffer_bytes / 2, 1u << 20);
    result.max_write_buffer_number = 3;
    result.target_file_size_base = 32u << 20;
    result.level_compaction_dynamic_level_bytes = true;
    switch (column) {
        case Column::text:
            table.block_size = 32 * 1024;
            result.compression = pick({rocksdb::kZSTD, rocksdb::kLZ4Compression});
            break;
        case Column::vectors:
            table.block_size = 32 * 1024;
            result.compression = rocksdb::kNoCompression;  // floats do not shrink
            break;
        default: result.compression = pick({rocksdb::kLZ4Compression}); break;
    }
    // Files full of deleted rows are compacted although they are not large.
    if (column != Column::meta)
        result.table_properties_collector_factories.push_back(
            rocksdb::NewCompactOnDeletionCollectorFactory(4096, 1024));
    result.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
    return result;
}

rocksdb::DBOptions database_options(const OpenOptions& options) {
    rocksdb::DBOptions result;
    if (options.environment != nullptr) result.env = options.environment;
    result.create_if_missing = options.create_if_missing;
    result.create_missing_column_families = true;
    result.paranoid_checks = true;
    result.db_write_buffer_size = std::max<std::size_t>(options.write_buffer_bytes, 2u << 20);
    result.max_total_wal_size = 64u << 20;
    result.max_background_jobs = std::max(options.background_threads, 1);
    result.max_open_files = 256;
    result.bytes_per_sync = 1u << 20;  // no long stall at the end of a large file
    result.max_bgerror_resume_count = 0;
    // The logs have been checked, see storage/log_check.hpp; whatever fails now is damage.
    result.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
    result.track_and_verify_wals_in_manifest = true;  // a missing log file is noticed
    result.info_log_level = rocksdb::WARN_LEVEL;
    result.max_log_file_size = 1u << 20;
    result.keep_log_file_num = 2;
    result.stats_dump_period_sec = 0;
    result.stats_persist_period_sec = 0;
    return result;
}

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

}  // namespace

Result<std::unique_ptr<Database>> Database::open(const fs::path& folder,
                                                 const OpenOptions& options) {
    std::error_code error;
    const fs::file_status kind = fs::status(folder, error);
    if (fs::exists(kind) && !fs::is_directory(kind))
        return Status{Code::invalid_argument,
                      quoted_path(folder) + " is a file; a collection is a folder"};
    const bool there = fs::exists(folder / "store" / "CURRENT", error);
    if (!there && fs::exists(folder / unfinished_restore, error))
        return Status{Code::not_found, quoted_path(folder) +
                                           " is no collection yet: a restore to it was cut off; "
                                           "run the same 'lectern restore' again, or remove the "
                                           "folder"};
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
    database.info_log = std::make_shared<Silence>();
    database.paranoid_checks = !damaged;
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

std::string lost_commits(Sequence there, Sequence acknowledged) {
    const bool one = acknowledged == there + 1;
    return (one ? "commit " : "commits ") + std::to_string(there + 1) +
           (one ? ", which was" : " to " + std::to_string(acknowledged) + ", which were") +
           " acknowledged, " + (one ? "is" : "are") +
           " missing: the end of its log was cut off, or its files are not all of one time";
}

Status Database::refuse_lost_commits() const {
    const Sequence there = now()->state.sequence;
    return acknowledged() <= there ? Status{} : lost(there, acknowledged());
}

Status Database::lost(Sequence there, Sequence acknowledged) const {
    return {Code::corrupt, "collection " + quoted_path(folder_) + ": " +
                               lost_commits(there, acknowledged) + "; 'lectern repair -c " +
                               folder_.string() +
                               "' goes on with what is there, or restore a backup"};
}

Sequence Database::acknowledged() const {
    const std::shared_ptr<const Moment> moment = now();
    return moment == nullptr ? 0 : acknowledged_.last(moment->meta->id);
}

void Database::acknowledge(Sequence sequence) {
    acknowledged_.note(now()->meta->id, sequence);
}

Database::~Database() {
    // Nobody is left to hear of a failure; close() is for those who want to.
    (void)close();
}

Status Database::close() {
    if (!db_) return {};
    if (listener_) listener_->forget();
    // After a failed write the log takes nothing more (RocksDB asserts it), and everything that was
    // acknowledged is in it.
    const bool takes_writes = writable().ok();
    const rocksdb::Status synced = takes_writes ? db_->FlushWAL(true) : rocksdb::Status::OK();
    if (const auto last = now(); last && takes_writes && synced.ok())
        acknowledged_.note(last->meta->id, last->state.sequence);
    {
        const std::lock_guard lock(moment_mutex_);
        moment_.reset();
    }
    for (rocksdb::ColumnFamilyHandle* handle : handles_)
        if (handle != nullptr) (void)db_->DestroyColumnFamilyHandle(handle);
    handles_.clear();
    const rocksdb::Status closed = db_->Close();
    db_.reset();
    if (!synced.ok()) return failure(synced, "closing");
    if (!closed.ok()) return failure(closed, "closing");
    return {};
}

Result<std::optional<std::string>> Database::get(Column column, std::string_view key,
                                                 const rocksdb::Snapshot* snapshot) const {
    rocksdb::ReadOptions options;
    options.snapshot = snapshot;
    std::string value;
    const rocksdb::Status status = db_->Get(options, handle(column), slice(key), &value);
    if (status.IsNotFound()) return std::optional<std::string>{};
    if (!status.ok()) return failure(status, std::string("reading from ") + name(column));
    return std::optional<std::string>(std::move(value));
}

Status Database::failure(const rocksdb::Status& status, std::string_view doing) const {
    const std::string message =
        "collection " + quoted_path(folder_) + ", " + std::string(doing) + ": " + status.ToString();
    if (status.IsNoSpace() || says(status, "No space left") || says(status, "quota exceeded"))
        return {Code::resource_exhausted,
                message + "; free some disk space, then open the collection again"};
    if (status.IsCorruption())
        return {Code::corrupt, message + "; the file is damaged: 'lectern repair -c " +
                                   folder_.string() +
                                   "' saves what can be read, or restore a backup"};
    if (says(status, "Too many open files"))
        return {Code::resource_exhausted, message + "; raise the limit (ulimit -n)"};
    if (says(status, "Permission denied") || says(status, "Read-only file system"))
        return {Code::unavailable, message + "; check who owns the folder and its mount"};
    if (status.IsIOError())
        return {Code::internal, message + "; check the disk, then open the collection again"};
    return {Code::internal, message};
}

Status Database::undecodable(std::string_view what) const {
    return {Code::corrupt, "collection " + quoted_path(folder_) + ": " + std::string(what) +
                               " cannot be understood; 'lectern repair -c " + folder_.string() +
                               "' saves what can be read, or restore a backup"};
}

Status Database::write(rocksdb::WriteBatch& batch, bool sync, std::string_view doing) {
    LECTERN_TRY(writable());
    rocksdb::WriteOptions options;
    options.sync = sync;
    const rocksdb::Status status = db_->Write(options, &batch);
    if (status.ok()) return {};
    Status failed = failure(status, doing);
    refuse_writes(failed);
    return failed;
}

void Database::refuse_writes(Status status) {
    const std::lock_guard lock(refusal_mutex_);
    if (refusal_.ok()) refusal_ = std::move(status);
}

Status Database::writable() const {
    const std::lock_guard lock(refusal_mutex_);
    return refusal_.within("no further writes are taken since a write failed");
}

void Database::publish(const State& state, std::shared_ptr<const CollectionMeta> meta) {
    auto moment = std::make_shared<Moment>();
    moment->database = db_.get();
    moment->snapshot = db_->GetSnapshot();
    moment->state = state;
    moment->meta = std::move(meta);
    std::shared_ptr<const Moment> before = std::move(moment);
    const std::lock_guard lock(moment_mutex_);
    moment_.swap(before);
}

std::shared_ptr<const Moment> Database::now() const {
    const std::lock_guard lock(moment_mutex_);
    return moment_;
}

}  // namespace lectern::storage
