// bindings/sqlite/sql.hpp: SQLite's interface for what is loaded into it, as values: statements
// that end themselves, failures as Status.
#pragma once

#include <sqlite3ext.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "lectern/status.hpp"

SQLITE_EXTENSION_INIT3

namespace lectern::sqlite {

// The failure of a call on `db`; `doing` says of what.
[[nodiscard]] Status failure(sqlite3* db, int code, std::string_view doing);
// What a method of a virtual table returns for a failure.
[[nodiscard]] int code_of(const Status& status);
// Text for a char* that SQLite frees. NULL when memory is exhausted.
[[nodiscard]] char* given(std::string_view text);

// "name", to stand in a statement.
[[nodiscard]] std::string identifier(std::string_view name);
// 'text'.
[[nodiscard]] std::string literal(std::string_view text);
// ASCII letters aside from their case, as SQLite compares names.
[[nodiscard]] bool same_name(std::string_view a, std::string_view b);
[[nodiscard]] std::string_view text_of(sqlite3_value* value);

class Statement {
 public:
    Statement() = default;
    [[nodiscard]] static Result<Statement> prepare(sqlite3* db, std::string_view sql);
    Statement(Statement&& other) noexcept
        : db_(other.db_), statement_(std::exchange(other.statement_, nullptr)) {}
    Statement& operator=(Statement&& other) noexcept {
        std::swap(db_, other.db_);
        std::swap(statement_, other.statement_);
        return *this;
    }
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;
    ~Statement() { sqlite3_finalize(statement_); }

    explicit operator bool() const noexcept { return statement_ != nullptr; }
    [[nodiscard]] sqlite3_stmt* get() const noexcept { return statement_; }

    Statement& bind(int place, std::int64_t value) {
        sqlite3_bind_int64(statement_, place, value);
        return *this;
    }
    // The text must stay until the statement is reset.
    Statement& bind(int place, std::string_view value) {
        sqlite3_bind_text(statement_, place, value.data(), static_cast<int>(value.size()),
                          SQLITE_STATIC);
        return *this;
    }
    Statement& bind(int place, sqlite3_value* value) {
        sqlite3_bind_value(statement_, place, value);
        return *this;
    }
    // True: there is a row.
    [[nodiscard]] Result<bool> step();
    // Steps once, to the end, and resets.
    [[nodiscard]] Status run();
    // What the last step gave SQLite's code for.
    [[nodiscard]] int code() const noexcept { return code_; }
    void reset() {
        sqlite3_reset(statement_);
        sqlite3_clear_bindings(statement_);
    }
    [[nodiscard]] std::int64_t number(int column) const {
        return sqlite3_column_int64(statement_, column);
    }
    [[nodiscard]] std::string text(int column) const;

 private:
    sqlite3* db_ = nullptr;
    sqlite3_stmt* statement_ = nullptr;
    int code_ = SQLITE_OK;
};

// Resets a statement at the end of a scope, whatever happened.
class Reset {
 public:
    explicit Reset(Statement& statement) : statement_(statement) {}
    Reset(const Reset&) = delete;
    Reset& operator=(const Reset&) = delete;
    ~Reset() { statement_.reset(); }

 private:
    Statement& statement_;
};

// All statements of the text.
[[nodiscard]] Status execute(sqlite3* db, const std::string& sql);

}  // namespace lectern::sqlite
