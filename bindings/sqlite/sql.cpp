#include "bindings/sqlite/sql.hpp"

#include <algorithm>
#include <cstring>

namespace lectern::sqlite {
namespace {

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

Code kind_of(int code) {
    switch (code & 0xff) {
        case SQLITE_BUSY:
        case SQLITE_LOCKED: return Code::unavailable;
        case SQLITE_FULL:
        case SQLITE_NOMEM: return Code::resource_exhausted;
        case SQLITE_CORRUPT: return Code::corrupt;
        case SQLITE_INTERRUPT: return Code::cancelled;
        case SQLITE_READONLY: return Code::unsupported;
        default: return Code::internal;
    }
}

std::string marked(std::string_view text, char mark) {
    std::string out(1, mark);
    for (const char c : text) out.append(c == mark ? 2 : 1, c);
    return out += mark;
}

}  // namespace

Status failure(sqlite3* db, int code, std::string_view doing) {
    return {kind_of(code), std::string(doing) + ": " + sqlite3_errmsg(db)};
}

int code_of(const Status& status) {
    switch (status.code()) {
        case Code::ok: return SQLITE_OK;
        case Code::unavailable: return SQLITE_BUSY;
        case Code::resource_exhausted: return SQLITE_FULL;
        case Code::corrupt: return SQLITE_CORRUPT_VTAB;
        case Code::cancelled: return SQLITE_INTERRUPT;
        default: return SQLITE_ERROR;
    }
}

char* given(std::string_view text) {
    auto* out = static_cast<char*>(sqlite3_malloc64(text.size() + 1));
    if (out == nullptr) return nullptr;
    std::copy(text.begin(), text.end(), out);
    out[text.size()] = '\0';
    return out;
}

std::string identifier(std::string_view name) {
    return marked(name, '"');
}

std::string literal(std::string_view text) {
    return marked(text, '\'');
}

bool same_name(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return lower(x) == lower(y); });
}

std::string_view text_of(sqlite3_value* value) {
    const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(value));
    if (text == nullptr) return {};
    return {text, static_cast<std::size_t>(sqlite3_value_bytes(value))};
}

Result<Statement> Statement::prepare(sqlite3* db, std::string_view sql) {
    Statement out;
    out.db_ = db;
    const int code = sqlite3_prepare_v3(db, sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &out.statement_, nullptr);
    if (code != SQLITE_OK) return failure(db, code, "reading the table");
    return out;
}

Result<bool> Statement::step() {
    code_ = sqlite3_step(statement_);
    if (code_ == SQLITE_ROW) return true;
    if (code_ == SQLITE_DONE) return false;
    return failure(db_, code_, "reading the table");
}

Status Statement::run() {
    code_ = sqlite3_step(statement_);
    Status out;
    if (code_ != SQLITE_DONE && code_ != SQLITE_ROW) out = failure(db_, code_, "writing the table");
    reset();
    return out;
}

std::string Statement::text(int column) const {
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
    if (text == nullptr) return {};
    return {text, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

Status execute(sqlite3* db, const std::string& sql) {
    const int code = sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr);
    return code == SQLITE_OK ? Status{} : failure(db, code, "changing the table");
}

}  // namespace lectern::sqlite
