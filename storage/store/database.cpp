#include "storage/store/database.hpp"

#include "storage/maintenance/log_check.hpp"
#include "storage/store/database_listener.hpp"
#include "storage/store/quote.hpp"

namespace lectern::storage {

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

namespace {

bool says(const rocksdb::Status& status, std::string_view part) {
    return status.ToString().find(part) != std::string::npos;
}

}  // namespace

std::string lost_commits(Sequence there, Sequence acknowledged) {
    const bool one = acknowledged == there + 1;
    return (one ? "commit " : "commits ") + std::to_string(there + 1) +
           (one ? ", which was" : " to " + std::to_string(acknowledged) + ", which were") +
           " acknowledged, " + (one ? "is" : "are") +
           " missing: the end of its log was cut off, or its files are not all of one time";
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
    if (status.IsPathNotFound() || says(status, "No such file or directory"))
        return {Code::corrupt, message + "; the file is missing: 'lectern repair -c " +
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
    // Whose write it is, in the log alone: see log_check.hpp.
    rocksdb::Status status;
    if (const auto moment = now(); moment != nullptr)
        status = batch.PutLogData(log_mark(moment->meta->id));
    if (status.ok()) status = db_->Write(options, &batch);
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
