// bindings/sqlite/table.hpp: a table USING lectern.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "bindings/sqlite/connection.hpp"
#include "bindings/sqlite/definition.hpp"
#include "bindings/sqlite/following.hpp"
#include "bindings/sqlite/shadow.hpp"

namespace lectern::sqlite {

struct Table : sqlite3_vtab {
    Table(ConnectionPtr of, Definition parsed)
        : sqlite3_vtab{},
          connection(std::move(of)),
          definition(std::move(parsed)),
          shadow(connection->db, definition) {
        connection->tables.push_back(this);
    }
    Table(const Table&) = delete;
    Table& operator=(const Table&) = delete;
    ~Table();

    const ConnectionPtr connection;
    const Definition definition;
    Shadow shadow;
    std::shared_ptr<Index> index;
    std::string id;        // of the table, which its mark says
    std::string pipeline;  // with which an index is made

    // The changes of this connection that are not committed yet.
    struct Transaction {
        std::int64_t base = 0;  // the last version before
        std::int64_t last = 0;
        std::unique_ptr<Changes> changes;  // when it is about to be committed
        std::int64_t rebuilt = 0;
    };
    std::optional<Transaction> transaction;
    bool rowid_taken = false;  // the last write failed by that
    bool reading = false;      // its rows: what they come from must not ask for them again

    // Of a new table: its shadow, its folder, its index.
    [[nodiscard]] Status create();
    // Of one that is there.
    [[nodiscard]] Status connect();
    [[nodiscard]] Status drop();

    [[nodiscard]] Status open_index() { return index->open({pipeline, id}); }
    // Opens the index, and brings it in step with what is committed.
    [[nodiscard]] Status prepare_to_read();

    [[nodiscard]] Status insert(int count, sqlite3_value** values, sqlite3_int64* rowid);
    [[nodiscard]] Status update(int count, sqlite3_value** values);
    [[nodiscard]] Status remove(std::int64_t rowid);
    [[nodiscard]] Status before_commit();
    // The transaction is committed: the index follows.
    [[nodiscard]] Status after_commit();

 private:
    [[nodiscard]] Status begin_change(bool follow_first = true);
    [[nodiscard]] Status log(std::int64_t rowid, bool present);
    [[nodiscard]] std::int64_t next_version();
    [[nodiscard]] Status command(const std::string& name, int count, sqlite3_value** values);
    [[nodiscard]] Status rebuild(bool present);
    [[nodiscard]] Status check_integrity();
    [[nodiscard]] Status put_row(sqlite3_value* wanted, int count, sqlite3_value** values,
                                 sqlite3_int64* rowid);
};

// Of a statement's table, by its name or "schema.name", in one connection. It stays as long as the
// object.
class TableReference {
 public:
    [[nodiscard]] static Result<TableReference> find(Connection& connection, std::string_view name);
    [[nodiscard]] Table& operator*() const { return *table_; }
    [[nodiscard]] Table* operator->() const { return table_; }

 private:
    Statement keep_;
    Table* table_ = nullptr;
};

[[nodiscard]] Status register_table(const ConnectionPtr& connection);

}  // namespace lectern::sqlite
