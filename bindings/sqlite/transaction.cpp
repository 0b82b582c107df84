#include "bindings/sqlite/transaction.hpp"

#include <algorithm>
#include <utility>

#include "bindings/sqlite/connection.hpp"
#include "bindings/sqlite/guard.hpp"
#include "bindings/sqlite/sql.hpp"

namespace lectern::sqlite {
namespace {

constexpr const char* module_name = "lectern_transaction";

struct TransactionTable : sqlite3_vtab {
    ConnectionPtr connection;
};

Folders& folders_of(sqlite3_vtab* table) {
    return static_cast<TransactionTable*>(table)->connection->folders;
}

int connect_transaction(sqlite3* db, void* connection, int, const char* const*, sqlite3_vtab** out,
                        char** error) {
    return guarded(error, [&]() -> Status {
        if (const int code = sqlite3_declare_vtab(db, "CREATE TABLE x(empty)"); code != SQLITE_OK)
            return failure(db, code, module_name);
        auto table = std::make_unique<TransactionTable>();
        table->connection = *static_cast<ConnectionPtr*>(connection);
        *out = table.release();
        return {};
    });
}

int disconnect_transaction(sqlite3_vtab* table) {
    const std::unique_ptr<TransactionTable> ended(static_cast<TransactionTable*>(table));
    return SQLITE_OK;
}

// It has no rows.
int best_of_none(sqlite3_vtab*, sqlite3_index_info* info) {
    info->estimatedCost = 1;
    return SQLITE_OK;
}
int open_none(sqlite3_vtab*, sqlite3_vtab_cursor** out) {
    *out = std::make_unique<sqlite3_vtab_cursor>().release();
    return SQLITE_OK;
}
int close_none(sqlite3_vtab_cursor* cursor) {
    const std::unique_ptr<sqlite3_vtab_cursor> ended(cursor);
    return SQLITE_OK;
}
int filter_none(sqlite3_vtab_cursor*, int, const char*, int, sqlite3_value**) {
    return SQLITE_OK;
}
int next_of_none(sqlite3_vtab_cursor*) {
    return SQLITE_OK;
}
int end_of_none(sqlite3_vtab_cursor*) {
    return 1;
}
int no_column(sqlite3_vtab_cursor*, sqlite3_context*, int) {
    return SQLITE_OK;
}
int no_rowid(sqlite3_vtab_cursor*, sqlite3_int64* out) {
    *out = 0;
    return SQLITE_OK;
}

int write_transaction(sqlite3_vtab*, int, sqlite3_value**, sqlite3_int64* rowid) {
    *rowid = 0;
    return SQLITE_OK;
}
int begin_transaction(sqlite3_vtab*) {
    return SQLITE_OK;
}
int commit_transaction(sqlite3_vtab* table) {
    folders_of(table).end(Folders::When::committed);
    return SQLITE_OK;
}
int roll_back_transaction(sqlite3_vtab* table) {
    folders_of(table).end(Folders::When::rolled_back);
    return SQLITE_OK;
}
int begin_savepoint(sqlite3_vtab* table, int level) {
    folders_of(table).savepoint(level);
    return SQLITE_OK;
}
int release_savepoint(sqlite3_vtab* table, int level) {
    folders_of(table).release(level);
    return SQLITE_OK;
}
int roll_back_savepoint(sqlite3_vtab* table, int level) {
    folders_of(table).roll_back_to(level);
    return SQLITE_OK;
}

sqlite3_module transaction_module() {
    sqlite3_module out{};
    out.iVersion = 2;
    out.xConnect = connect_transaction;
    out.xBestIndex = best_of_none;
    out.xDisconnect = disconnect_transaction;
    out.xOpen = open_none;
    out.xClose = close_none;
    out.xFilter = filter_none;
    out.xNext = next_of_none;
    out.xEof = end_of_none;
    out.xColumn = no_column;
    out.xRowid = no_rowid;
    out.xUpdate = write_transaction;
    out.xBegin = begin_transaction;
    out.xCommit = commit_transaction;
    out.xRollback = roll_back_transaction;
    out.xSavepoint = begin_savepoint;
    out.xRelease = release_savepoint;
    out.xRollbackTo = roll_back_savepoint;
    return out;
}

const sqlite3_module transactions = transaction_module();

}  // namespace

Status Folders::remove(sqlite3* db, const std::filesystem::path& folder, When when) {
    // Makes the table a part of the transaction, and tells the savepoints that are open.
    LECTERN_TRY(execute(db, std::string("INSERT INTO ") + module_name + " VALUES(1)"));
    entries_.push_back({folder, when, level_});
    return {};
}

bool Folders::pending(const std::filesystem::path& folder) const {
    return std::any_of(entries_.begin(), entries_.end(),
                       [&](const Entry& entry) { return entry.folder == folder; });
}

void Folders::release(int level) {
    level_ = level;
    for (Entry& entry : entries_) entry.level = std::min(entry.level, level);
}

// What happened behind the savepoint did not happen, and it stays open.
void Folders::roll_back_to(int level) {
    level_ = level + 1;
    for (auto at = entries_.begin(); at != entries_.end();) {
        if (at->level <= level) {
            ++at;
            continue;
        }
        if (at->when == When::rolled_back) remove_(at->folder);
        at = entries_.erase(at);
    }
}

void Folders::end(When how) {
    level_ = 0;
    for (const Entry& entry : std::exchange(entries_, {}))
        if (entry.when == how) remove_(entry.folder);
}

Status register_transaction(const ConnectionPtr& connection) {
    const int code = sqlite3_create_module_v2(connection->db, module_name, &transactions,
                                              std::make_unique<ConnectionPtr>(connection).release(),
                                              forget_connection);
    return code == SQLITE_OK ? Status{} : failure(connection->db, code, module_name);
}

}  // namespace lectern::sqlite
