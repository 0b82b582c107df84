// bindings/sqlite/guard.hpp: the gate through which SQLite calls us: nothing is thrown out of it.
#pragma once

#include <exception>
#include <memory>
#include <new>

#include "bindings/sqlite/sql.hpp"

namespace lectern::sqlite {

// Calls `body`: Status(). `error` receives what SQLite shows of a failure.
template <typename Body>
int guarded(char** error, const Body& body) noexcept {
    try {
        const Status status = body();
        if (status.ok()) return SQLITE_OK;
        sqlite3_free(*error);
        *error = given(status.message());
        return code_of(status);
    } catch (const std::bad_alloc&) {
        return SQLITE_NOMEM;
    } catch (const std::exception& defect) {
        sqlite3_free(*error);
        *error = given(defect.what());
        return SQLITE_ERROR;
    }
}

// The same in a function or a column.
template <typename Body>
void guarded(sqlite3_context* context, const Body& body) noexcept {
    char* error = nullptr;
    const int code = guarded(&error, body);
    if (code == SQLITE_OK) return;
    if (code == SQLITE_NOMEM)
        sqlite3_result_error_nomem(context);
    else
        sqlite3_result_error(context, error, -1);
    if (code != SQLITE_NOMEM) sqlite3_result_error_code(context, code);
    sqlite3_free(error);
}

}  // namespace lectern::sqlite
