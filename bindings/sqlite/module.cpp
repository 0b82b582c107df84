// The module `lectern`: SQLite's calls to tables and cursors.
#include <cstring>
#include <memory>

#include "bindings/sqlite/cursor.hpp"
#include "bindings/sqlite/document.hpp"
#include "bindings/sqlite/guard.hpp"
#include "bindings/sqlite/snippet.hpp"

namespace lectern::sqlite {
namespace {

Table& self(sqlite3_vtab* table) {
    return *static_cast<Table*>(table);
}
Cursor& self(sqlite3_vtab_cursor* cursor) {
    return *static_cast<Cursor*>(cursor);
}

int make(sqlite3* db, void* data, int count, const char* const* arguments, sqlite3_vtab** out,
         char** error, bool create) {
    return guarded(error, [&]() -> Status {
        LECTERN_ASSIGN(Definition definition,
                       parse_definition({arguments, static_cast<std::size_t>(count)}));
        const std::string declaration = definition.declaration();
        auto table =
            std::make_unique<Table>(*static_cast<ConnectionPtr*>(data), std::move(definition));
        if (const int code = sqlite3_declare_vtab(db, declaration.c_str()); code != SQLITE_OK)
            return failure(db, code, "declaring the columns");
        sqlite3_vtab_config(db, SQLITE_VTAB_CONSTRAINT_SUPPORT, 1);
        LECTERN_TRY(create ? table->create() : table->connect());
        *out = table.release();
        return {};
    });
}

int create(sqlite3* db, void* data, int count, const char* const* arguments, sqlite3_vtab** out,
           char** error) {
    return make(db, data, count, arguments, out, error, true);
}
int connect(sqlite3* db, void* data, int count, const char* const* arguments, sqlite3_vtab** out,
            char** error) {
    return make(db, data, count, arguments, out, error, false);
}

int disconnect(sqlite3_vtab* table) {
    const std::unique_ptr<Table> ended(static_cast<Table*>(table));
    return SQLITE_OK;
}
int destroy(sqlite3_vtab* table) {
    const int code = guarded(&table->zErrMsg, [&] { return self(table).drop(); });
    return code == SQLITE_OK ? disconnect(table) : code;
}

int best_index(sqlite3_vtab* table, sqlite3_index_info* info) {
    int chosen = SQLITE_OK;
    const int code = guarded(&table->zErrMsg, [&]() -> Status {
        LECTERN_ASSIGN(chosen, choose(self(table).definition, info));
        return {};
    });
    return code == SQLITE_OK ? chosen : code;
}

int open(sqlite3_vtab* table, sqlite3_vtab_cursor** out) {
    return guarded(&table->zErrMsg, [&]() -> Status {
        *out = std::make_unique<Cursor>(self(table)).release();
        return {};
    });
}
int close(sqlite3_vtab_cursor* cursor) {
    const std::unique_ptr<Cursor> ended(static_cast<Cursor*>(cursor));
    return SQLITE_OK;
}
int filter(sqlite3_vtab_cursor* cursor, int, const char* plan, int count, sqlite3_value** values) {
    return guarded(&cursor->pVtab->zErrMsg, [&] {
        return self(cursor).filter(plan, {values, static_cast<std::size_t>(count)});
    });
}
int next(sqlite3_vtab_cursor* cursor) {
    return guarded(&cursor->pVtab->zErrMsg, [&] { return self(cursor).next(); });
}
int at_end(sqlite3_vtab_cursor* cursor) {
    return self(cursor).at_end() ? 1 : 0;
}
int column(sqlite3_vtab_cursor* cursor, sqlite3_context* context, int number) {
    return guarded(&cursor->pVtab->zErrMsg, [&] { return self(cursor).column(context, number); });
}
int rowid(sqlite3_vtab_cursor* cursor, sqlite3_int64* out) {
    *out = self(cursor).rowid();
    return SQLITE_OK;
}

int update(sqlite3_vtab* vtab, int count, sqlite3_value** values, sqlite3_int64* out) {
    Table& table = self(vtab);
    table.rowid_taken = false;
    const int code = guarded(&vtab->zErrMsg, [&]() -> Status {
        if (count > 1 && sqlite3_value_type(values[0]) == SQLITE_NULL)
            return table.insert(count, values, out);
        // The rows of the shadow are not what the program inserted last.
        const sqlite3_int64 last = sqlite3_last_insert_rowid(table.connection->db);
        Status done =
            count == 1 ? table.remove(sqlite3_value_int64(values[0])) : table.update(count, values);
        sqlite3_set_last_insert_rowid(table.connection->db, last);
        return done;
    });
    return table.rowid_taken ? SQLITE_CONSTRAINT : code;
}

int begin(sqlite3_vtab*) {
    return SQLITE_OK;
}
int sync(sqlite3_vtab* table) {
    return guarded(&table->zErrMsg, [&] { return self(table).before_commit(); });
}
int commit(sqlite3_vtab* table) {
    // What is committed is in the table; the next search tries again, and says why it cannot.
    const int code = guarded(&table->zErrMsg, [&] { return self(table).after_commit(); });
    if (code != SQLITE_OK)
        sqlite3_log(code, "lectern: the index of %s does not follow yet: %s",
                    self(table).definition.table.c_str(),
                    table->zErrMsg == nullptr ? "out of memory" : table->zErrMsg);
    return SQLITE_OK;
}
int rollback(sqlite3_vtab* table) {
    self(table).transaction.reset();
    return SQLITE_OK;
}
int rename(sqlite3_vtab* table, const char* name) {
    return guarded(&table->zErrMsg, [&]() -> Status {
        // Nobody could read or drop it any more.
        LECTERN_TRY(self(table).definition.may_be_called(name));
        return self(table).shadow.rename(name);
    });
}
int shadow_name(const char* suffix) {
    return Shadow::is_shadow(suffix) ? 1 : 0;
}

// ------------------------------------------------------- functions on a row

// The cursor that notes is of in snippet(notes).
Result<Cursor*> cursor_of(int count, sqlite3_value** values, const char* function) {
    auto* cursor = count == 0
                       ? nullptr
                       : static_cast<Cursor*>(sqlite3_value_pointer(values[0], "lectern-cursor"));
    if (cursor != nullptr && !cursor->at_end()) return cursor;
    return Status{Code::invalid_argument, std::string(function) +
                                              "() takes the table of the row: " + function +
                                              "(notes), in a statement on notes"};
}

// The column that a function was given; -1: any.
Result<int> column_of(const Cursor& cursor, sqlite3_value* value) {
    const auto columns = static_cast<int>(cursor.table.definition.columns.size());
    const int column = sqlite3_value_int(value);
    if (column >= -1 && column < columns) return column;
    return Status{Code::invalid_argument, "there is no column " + std::to_string(column) +
                                              "; they are 0 to " + std::to_string(columns - 1)};
}

std::string text_in(sqlite3_value* value) {
    return std::string(text_of(value));
}

Result<std::string> snippet_text(Cursor& cursor, int column) {
    if (cursor.searched() && column < 0) return cursor.found().text;
    LECTERN_ASSIGN(const std::vector<Value> row, cursor.row());
    const Composition whole = compose(cursor.table.definition, row);
    if (column < 0) return whole.text;
    for (const Part& part : whole.parts) {
        if (part.column != column) continue;
        const std::string_view text =
            std::string_view(whole.text).substr(part.begin, part.end - part.begin);
        if (!cursor.searched()) return std::string(text);
        const std::size_t begin = std::max(cursor.found().begin, part.begin);
        const std::size_t end = std::min(cursor.found().end, part.end);
        if (begin >= end) return std::string(text);
        return whole.text.substr(begin, end - begin);
    }
    const Value& other = row[static_cast<std::size_t>(column)];
    return other.null() ? std::string() : valid_text(other.bytes);
}

void snippet(sqlite3_context* context, int count, sqlite3_value** values) {
    guarded(context, [&]() -> Status {
        LECTERN_ASSIGN(Cursor * cursor, cursor_of(count, values, "snippet"));
        Marks marks;
        int column = -1;
        if (count > 1) {
            LECTERN_ASSIGN(column, column_of(*cursor, values[1]));
        }
        if (count > 2) marks.open = text_in(values[2]);
        if (count > 3) marks.close = text_in(values[3]);
        if (count > 4) marks.ellipsis = text_in(values[4]);
        if (count > 5)
            marks.words = static_cast<std::size_t>(std::max(sqlite3_value_int(values[5]), 1));
        LECTERN_ASSIGN(const std::string text, snippet_text(*cursor, column));
        const std::string out = snippet_of(text, cursor->query(), marks);
        sqlite3_result_text(context, out.c_str(), static_cast<int>(out.size()), SQLITE_TRANSIENT);
        return {};
    });
}

// The whole column, and marks around the passage that was found.
void highlight(sqlite3_context* context, int count, sqlite3_value** values) {
    guarded(context, [&]() -> Status {
        LECTERN_ASSIGN(Cursor * cursor, cursor_of(count, values, "highlight"));
        if (count != 4)
            return {Code::invalid_argument,
                    "highlight() takes the table, a column and two texts: highlight(notes, 1, '[', "
                    "']')"};
        LECTERN_ASSIGN(const int column, column_of(*cursor, values[1]));
        LECTERN_ASSIGN(const std::vector<Value> row, cursor->row());
        const Composition whole = compose(cursor->table.definition, row);
        std::string out;
        if (column >= 0 && row[static_cast<std::size_t>(column)].type == SQLITE_TEXT)
            out = valid_text(row[static_cast<std::size_t>(column)].bytes);
        for (const Part& part : whole.parts) {
            if (part.column != column || !cursor->searched()) continue;
            const std::size_t begin = std::max(cursor->found().begin, part.begin);
            const std::size_t end = std::min(cursor->found().end, part.end);
            if (begin >= end) continue;
            out = whole.text.substr(part.begin, begin - part.begin) + text_in(values[2]) +
                  whole.text.substr(begin, end - begin) + text_in(values[3]) +
                  whole.text.substr(end, part.end - end);
        }
        sqlite3_result_text(context, out.c_str(), static_cast<int>(out.size()), SQLITE_TRANSIENT);
        return {};
    });
}

using Function = void (*)(sqlite3_context*, int, sqlite3_value**);

int find_function(sqlite3_vtab*, int, const char* name, Function* out, void** data) {
    *data = nullptr;
    if (same_name(name, "snippet"))
        *out = snippet;
    else if (same_name(name, "highlight"))
        *out = highlight;
    else
        return 0;
    return 1;
}

sqlite3_module module_of_tables() {
    sqlite3_module out{};
    out.iVersion = 3;
    out.xCreate = create;
    out.xConnect = connect;
    out.xBestIndex = best_index;
    out.xDisconnect = disconnect;
    out.xDestroy = destroy;
    out.xOpen = open;
    out.xClose = close;
    out.xFilter = filter;
    out.xNext = next;
    out.xEof = at_end;
    out.xColumn = column;
    out.xRowid = rowid;
    out.xUpdate = update;
    out.xBegin = begin;
    out.xSync = sync;
    out.xCommit = commit;
    out.xRollback = rollback;
    out.xFindFunction = find_function;
    out.xRename = rename;
    out.xShadowName = shadow_name;
    return out;
}

const sqlite3_module tables = module_of_tables();

}  // namespace

Status register_table(const ConnectionPtr& connection) {
    sqlite3* db = connection->db;
    for (const char* function : {"snippet", "highlight"})
        if (const int code = sqlite3_overload_function(db, function, -1); code != SQLITE_OK)
            return failure(db, code, function);
    const int code = sqlite3_create_module_v2(db, "lectern", &tables,
                                              std::make_unique<ConnectionPtr>(connection).release(),
                                              forget_connection);
    return code == SQLITE_OK ? Status{} : failure(db, code, "the module lectern");
}

}  // namespace lectern::sqlite
