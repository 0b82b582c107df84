#include "bindings/sqlite/row_function.hpp"

#include <cstdlib>
#include <utility>

#include "bindings/sqlite/guard.hpp"

namespace lectern::sqlite {
namespace {

struct FunctionData {
    ConnectionPtr connection;
    const RowFunction* function;
};

struct FunctionTable : sqlite3_vtab {
    explicit FunctionTable(const FunctionData& of) : sqlite3_vtab{}, data(of) {}
    FunctionData data;
};

struct FunctionCursor : sqlite3_vtab_cursor {
    explicit FunctionCursor(const FunctionTable& of) : sqlite3_vtab_cursor{}, table(of) {}
    const FunctionTable& table;
    Row arguments;
    std::vector<Row> rows;
    std::size_t at = 0;
};

FunctionCursor& cursor_of(sqlite3_vtab_cursor* cursor) {
    return *static_cast<FunctionCursor*>(cursor);
}

int connect_function(sqlite3* db, void* data, int, const char* const*, sqlite3_vtab** out,
                     char** error) {
    return guarded(error, [&]() -> Status {
        const auto& of = *static_cast<const FunctionData*>(data);
        std::string sql = "CREATE TABLE x(";
        for (const char* column : of.function->columns) sql += identifier(column) + ", ";
        for (const char* argument : of.function->arguments)
            sql += identifier(argument) + " HIDDEN, ";
        sql.replace(sql.size() - 2, 2, ")");
        if (const int code = sqlite3_declare_vtab(db, sql.c_str()); code != SQLITE_OK)
            return failure(db, code, of.function->name);
        *out = std::make_unique<FunctionTable>(of).release();
        return {};
    });
}

int disconnect_function(sqlite3_vtab* table) {
    const std::unique_ptr<FunctionTable> ended(static_cast<FunctionTable*>(table));
    return SQLITE_OK;
}

// The plan says which argument each value is.
int best_call(sqlite3_vtab* table, sqlite3_index_info* info) {
    int chosen = SQLITE_OK;
    const int code = guarded(&table->zErrMsg, [&]() -> Status {
        const RowFunction& function = *static_cast<FunctionTable*>(table)->data.function;
        const int columns = static_cast<int>(function.columns.size());
        std::string plan;
        int count = 0;
        for (int i = 0; i < info->nConstraint; ++i) {
            const auto& one = info->aConstraint[i];
            if (one.op != SQLITE_INDEX_CONSTRAINT_EQ || one.iColumn < columns) continue;
            if (!one.usable) {
                chosen = SQLITE_CONSTRAINT;
                return {};
            }
            info->aConstraintUsage[i].argvIndex = ++count;
            info->aConstraintUsage[i].omit = 1;
            plan += std::to_string(one.iColumn - columns) + ' ';
        }
        info->estimatedCost = 10'000;
        info->estimatedRows = 10;
        info->idxStr = given(plan);
        info->needToFreeIdxStr = 1;
        if (info->idxStr == nullptr) chosen = SQLITE_NOMEM;
        return {};
    });
    return code == SQLITE_OK ? chosen : code;
}

int open_call(sqlite3_vtab* table, sqlite3_vtab_cursor** out) {
    return guarded(&table->zErrMsg, [&]() -> Status {
        *out = std::make_unique<FunctionCursor>(*static_cast<FunctionTable*>(table)).release();
        return {};
    });
}
int close_call(sqlite3_vtab_cursor* cursor) {
    const std::unique_ptr<FunctionCursor> ended(static_cast<FunctionCursor*>(cursor));
    return SQLITE_OK;
}

int call_function(sqlite3_vtab_cursor* cursor, int, const char* plan, int count,
                  sqlite3_value** values) {
    return guarded(&cursor->pVtab->zErrMsg, [&]() -> Status {
        FunctionCursor& self = cursor_of(cursor);
        const RowFunction& function = *self.table.data.function;
        self.rows.clear();
        self.at = 0;
        self.arguments.assign(function.arguments.size(), Value{});
        char* rest = nullptr;
        for (int i = 0; i < count; ++i, plan = rest)
            self.arguments[std::strtoul(plan, &rest, 10)] = value_of(values[i]);
        for (std::size_t i = 0; i < function.needed; ++i)
            if (self.arguments[i].null())
                return {Code::invalid_argument, std::string(function.name) +
                                                    " needs its argument '" +
                                                    function.arguments[i] + "': " + function.usage};
        LECTERN_ASSIGN(self.rows, function.call(*self.table.data.connection, self.arguments));
        return {};
    });
}

int next_row(sqlite3_vtab_cursor* cursor) {
    ++cursor_of(cursor).at;
    return SQLITE_OK;
}
int no_more_rows(sqlite3_vtab_cursor* cursor) {
    return cursor_of(cursor).at >= cursor_of(cursor).rows.size() ? 1 : 0;
}
int row_number(sqlite3_vtab_cursor* cursor, sqlite3_int64* out) {
    *out = static_cast<sqlite3_int64>(cursor_of(cursor).at) + 1;
    return SQLITE_OK;
}

int column_of_call(sqlite3_vtab_cursor* cursor, sqlite3_context* context, int number) {
    const FunctionCursor& self = cursor_of(cursor);
    const auto columns = self.table.data.function->columns.size();
    const auto at = static_cast<std::size_t>(number);
    const Value& value = at < columns ? self.rows[self.at][at] : self.arguments[at - columns];
    switch (value.type) {
        case SQLITE_INTEGER: sqlite3_result_int64(context, value.integer); break;
        case SQLITE_FLOAT: sqlite3_result_double(context, value.real); break;
        case SQLITE_TEXT:
            sqlite3_result_text(context, value.bytes.c_str(), static_cast<int>(value.bytes.size()),
                                SQLITE_TRANSIENT);
            break;
        case SQLITE_BLOB:
            sqlite3_result_blob(context, value.bytes.data(), static_cast<int>(value.bytes.size()),
                                SQLITE_TRANSIENT);
            break;
        default: break;
    }
    return SQLITE_OK;
}

sqlite3_module module_of_functions() {
    sqlite3_module out{};
    out.xConnect = connect_function;  // without xCreate: it is there, and no CREATE makes one
    out.xBestIndex = best_call;
    out.xDisconnect = disconnect_function;
    out.xOpen = open_call;
    out.xClose = close_call;
    out.xFilter = call_function;
    out.xNext = next_row;
    out.xEof = no_more_rows;
    out.xColumn = column_of_call;
    out.xRowid = row_number;
    return out;
}

const sqlite3_module functions = module_of_functions();

void forget_function(void* data) {
    const std::unique_ptr<FunctionData> ended(static_cast<FunctionData*>(data));
}

}  // namespace

Status register_row_function(const ConnectionPtr& connection, const RowFunction& function) {
    auto data = std::make_unique<FunctionData>(FunctionData{connection, &function});
    const int code = sqlite3_create_module_v2(connection->db, function.name, &functions,
                                              data.release(), forget_function);
    return code == SQLITE_OK ? Status{} : failure(connection->db, code, function.name);
}

Value number_value(double number) {
    Value out;
    out.type = SQLITE_FLOAT;
    out.real = number;
    return out;
}

Value integer_value(std::int64_t number) {
    Value out;
    out.type = SQLITE_INTEGER;
    out.integer = number;
    return out;
}

Value text_value(std::string_view text) {
    Value out;
    out.type = SQLITE_TEXT;
    out.bytes = text;
    return out;
}

}  // namespace lectern::sqlite
