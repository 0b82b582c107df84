// storage/store/batch.hpp: RocksDB's WriteBatch by column. Internal to storage/.
#pragma once

#include <rocksdb/write_batch.h>

#include <optional>
#include <string>
#include <string_view>

#include "storage/store/database.hpp"

namespace lectern::storage {

// Collects changes; remembers the first that could not be added. One thread.
class Batch {
 public:
    explicit Batch(const Database& database, std::size_t reserved_bytes = 0)
        : database_(database),
          // Each entry carries a checksum from here until it is in the log and the memtable.
          rocks_(reserved_bytes, 0, 8, 0) {}

    void put(Column column, std::string_view key, std::string_view value) {
        note(rocks_.Put(database_.handle(column), slice(key), slice(value)));
    }
    void remove(Column column, std::string_view key) {
        note(rocks_.Delete(database_.handle(column), slice(key)));
    }
    // Keys from `begin` to before `end`.
    void remove_range(Column column, std::string_view begin, std::string_view end) {
        note(rocks_.DeleteRange(database_.handle(column), slice(begin), slice(end)));
    }
    [[nodiscard]] const rocksdb::Status& status() const noexcept { return status_; }
    [[nodiscard]] rocksdb::WriteBatch& rocks() noexcept { return rocks_; }

 private:
    void note(rocksdb::Status status) {
        if (status_.ok()) status_ = std::move(status);
    }
    const Database& database_;
    rocksdb::WriteBatch rocks_;
    rocksdb::Status status_;
};

// originals.cpp: the rows of a document's original, their removal, and what they hold.
void put_original(Batch& batch, Ordinal document, std::string_view bytes);
// `snapshot`: where its head is read. A document without one is no failure.
[[nodiscard]] Status remove_original(Batch& batch, const Database& database, Ordinal document,
                                     const rocksdb::Snapshot* snapshot);
// Its bytes, whole; nothing for a document without one.
[[nodiscard]] Result<std::optional<std::string>> read_original(const Database& database,
                                                               Ordinal document,
                                                               const rocksdb::Snapshot* snapshot);

struct DerivedRows;
void add(const DerivedRows& rows, Batch& batch);

}  // namespace lectern::storage
