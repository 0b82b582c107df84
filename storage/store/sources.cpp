#include "storage/store/sources.hpp"

#include <memory>

#include "storage/store/batch.hpp"
#include "storage/store/encoding.hpp"
#include "storage/store/keys.hpp"
#include "storage/store/pinned.hpp"
#include "storage/store/quote.hpp"
#include "storage/store/store.hpp"

namespace lectern::storage {
namespace {

std::string key_of(std::string_view prefix, std::string_view path) {
    return std::string(prefix) + std::string(path);
}

// Rows whose keys begin with the prefix; `take` has the rest of the key, and says whether it
// understood the value.
template <typename Take>
Status scan_rows(const Database& database, const rocksdb::ReadOptions& options,
                 std::string_view prefix, const Take& take) {
    const std::unique_ptr<rocksdb::Iterator> row(
        database.db().NewIterator(options, database.handle(Column::meta)));
    for (row->Seek(slice(prefix)); row->Valid() && row->key().starts_with(slice(prefix));
         row->Next())
        if (!take(view(row->key()).substr(prefix.size()), view(row->value())))
            return database.undecodable("the row " + in_quotes(view(row->key())));
    return row->status().ok() ? Status{} : database.failure(row->status(), "reading sources");
}

}  // namespace

Result<Origin> Reader::origin(Ordinal document) const {
    const Database& database = pinned_->database;
    LECTERN_ASSIGN(const auto bytes,
                   database.get(Column::meta, origin_key(document), pinned_->moment->snapshot));
    if (!bytes) return Origin{};
    auto origin = decode_origin(*bytes);
    if (!origin)
        return database.undecodable("the origin of document number " + std::to_string(document));
    return std::move(*origin);
}

Status Reader::for_each_origin(const std::function<void(Ordinal, const Origin&)>& visit) const {
    return scan_rows(pinned_->database, pinned_->scan_options(), origin_prefix,
                     [&](std::string_view key, std::string_view value) {
                         const auto origin = decode_origin(value);
                         if (!origin || key.size() != number_key_size) return false;
                         visit(key_integer<Ordinal>(key, 0), *origin);
                         return true;
                     });
}

Status Reader::for_each_synced_file(const std::function<void(const SyncedFile&)>& visit) const {
    return scan_rows(pinned_->database, pinned_->scan_options(), file_prefix,
                     [&](std::string_view key, std::string_view value) {
                         const auto file = decode_synced_file(key, value);
                         if (file) visit(*file);
                         return file.has_value();
                     });
}

Result<std::vector<SourceFolder>> Reader::sources() const {
    std::vector<SourceFolder> out;
    LECTERN_TRY(scan_rows(pinned_->database, pinned_->options(), source_prefix,
                          [&](std::string_view key, std::string_view value) {
                              auto source = decode_source(key, value);
                              if (!source) return false;
                              out.push_back(std::move(*source));
                              return true;
                          }));
    return out;
}

Status Store::write_sources(const SourceRows& rows) {
    if (rows.empty()) return {};
    const std::lock_guard lock(database_->write_mutex);
    LECTERN_TRY(database_->writable());
    const std::shared_ptr<const Moment> before = database_->now();
    Batch batch(*database_);
    for (const std::string& path : rows.drop_sources)
        batch.remove(Column::meta, key_of(source_prefix, path));
    for (const SourceFolder& source : rows.put_sources)
        batch.put(Column::meta, key_of(source_prefix, source.path), encode(source));
    for (const std::string& path : rows.drop_files)
        batch.remove(Column::meta, key_of(file_prefix, path));
    for (const SyncedFile& file : rows.put_files)
        batch.put(Column::meta, key_of(file_prefix, file.path), encode(file));
    for (const auto& [id, origin] : rows.origins) {
        LECTERN_ASSIGN(const auto key, database_->get(Column::ids, id, before->snapshot));
        if (!key || key->size() != number_key_size) continue;
        batch.put(Column::meta, origin_key(key_integer<Ordinal>(*key, 0)), encode(origin));
    }
    for (const auto& [id, bytes] : rows.originals) {
        LECTERN_ASSIGN(const auto key, database_->get(Column::ids, id, before->snapshot));
        if (!key || key->size() != number_key_size) continue;
        const auto document = key_integer<Ordinal>(*key, 0);
        LECTERN_TRY(remove_original(batch, *database_, document, before->snapshot));
        put_original(batch, document, bytes);
    }
    LECTERN_ASSIGN(const auto originals,
                   database_->get(Column::meta, meta_key::originals, before->snapshot));
    if (rows.keep_originals || (!rows.originals.empty() && !originals))
        batch.put(Column::meta, meta_key::originals,
                  std::string(1, rows.keep_originals.value_or(false) ? '\1' : '\0'));
    if (!batch.status().ok()) return database_->failure(batch.status(), "preparing a write");
    LECTERN_TRY(database_->write(batch.rocks(), true, "writing sources"));
    database_->publish(before->state, before->meta);
    return {};
}

}  // namespace lectern::storage
