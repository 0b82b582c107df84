#include "storage/store/derived.hpp"

#include "storage/store/batch.hpp"
#include "storage/store/encoding.hpp"
#include "storage/store/keys.hpp"
#include "storage/store/pinned.hpp"
#include "storage/store/store.hpp"

namespace lectern::storage {

class DerivedCursor::Rows {
 public:
    Rows(const Database& database, rocksdb::ReadOptions options, std::string end)
        : database_(database), end_(std::move(end)), end_slice_(slice(end_)) {
        if (!end_.empty()) options.iterate_upper_bound = &end_slice_;
        rows_.reset(database.db().NewIterator(options, database.handle(Column::postings)));
    }
    [[nodiscard]] rocksdb::Iterator& rows() const { return *rows_; }
    [[nodiscard]] Status status() const {
        return rows_->status().ok() ? Status{}
                                    : database_.failure(rows_->status(), "reading postings");
    }

 private:
    const Database& database_;
    const std::string end_;
    const rocksdb::Slice end_slice_;
    std::unique_ptr<rocksdb::Iterator> rows_;
};

DerivedCursor::DerivedCursor(std::unique_ptr<Rows> rows) : rows_(std::move(rows)) {}
DerivedCursor::~DerivedCursor() = default;
DerivedCursor::DerivedCursor(DerivedCursor&& other) noexcept = default;
DerivedCursor& DerivedCursor::operator=(DerivedCursor&& other) noexcept = default;

bool DerivedCursor::valid() const {
    return rows_->rows().Valid();
}
std::string_view DerivedCursor::key() const {
    return view(rows_->rows().key());
}
std::string_view DerivedCursor::value() const {
    return view(rows_->rows().value());
}
void DerivedCursor::next() {
    rows_->rows().Next();
}
void DerivedCursor::seek(std::string_view key) {
    rows_->rows().Seek(slice(key));
}
Status DerivedCursor::status() const {
    return rows_->status();
}

DerivedCursor Reader::derived(std::string_view begin, std::string_view end, bool all) const {
    auto rows = std::make_unique<DerivedCursor::Rows>(
        pinned_->database, all ? pinned_->scan_options() : pinned_->options(), std::string(end));
    rows->rows().Seek(slice(begin));
    return DerivedCursor(std::move(rows));
}

Result<std::vector<std::optional<std::string>>> Reader::derived_values(
    std::span<const std::string> keys) const {
    const Database& database = pinned_->database;
    const std::vector<rocksdb::Slice> slices(keys.begin(), keys.end());
    std::vector<rocksdb::PinnableSlice> values(keys.size());
    std::vector<rocksdb::Status> statuses(keys.size());
    database.db().MultiGet(pinned_->options(), database.handle(Column::postings), keys.size(),
                           slices.data(), values.data(), statuses.data());
    std::vector<std::optional<std::string>> result(keys.size());
    for (std::size_t i = 0; i < keys.size(); ++i) {
        if (statuses[i].IsNotFound()) continue;
        if (!statuses[i].ok()) return database.failure(statuses[i], "reading postings");
        result[i].emplace(values[i].data(), values[i].size());
    }
    return result;
}

Status Reader::for_each_version(const std::function<bool(const DocumentHeader&)>& visit) const {
    const Database& database = pinned_->database;
    const std::unique_ptr<rocksdb::Iterator> row(
        database.db().NewIterator(pinned_->scan_options(), database.handle(Column::documents)));
    for (row->SeekToFirst(); row->Valid(); row->Next()) {
        const auto header = decode_header(view(row->value()));
        if (!header)
            return database.undecodable("document number " +
                                        std::to_string(key_integer<Ordinal>(view(row->key()), 0)));
        if (!visit(*header)) return {};
    }
    return row->status().ok() ? Status{} : database.failure(row->status(), "listing documents");
}

void add(const DerivedRows& rows, Batch& batch) {
    for (const auto& [begin, end] : rows.remove_ranges)
        batch.remove_range(Column::postings, begin, end);
    for (const std::string& key : rows.removes) batch.remove(Column::postings, key);
    for (const auto& [key, value] : rows.puts) batch.put(Column::postings, key, value);
}

Status Store::write_derived(const DerivedRows& rows, bool sync) {
    const std::lock_guard lock(database_->write_mutex);
    LECTERN_TRY(database_->writable());
    Batch batch(*database_);
    add(rows, batch);
    if (!batch.status().ok()) return database_->failure(batch.status(), "preparing a write");
    LECTERN_TRY(database_->write(batch.rocks(), sync, "writing postings"));
    const std::shared_ptr<const Moment> before = database_->now();
    database_->publish(before->state, before->meta);
    return {};
}

}  // namespace lectern::storage
