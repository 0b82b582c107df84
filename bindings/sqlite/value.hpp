// bindings/sqlite/value.hpp: values of SQLite, compared as SQLite does it. Pure.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "bindings/sqlite/sql.hpp"

namespace lectern::sqlite {

struct Value {
    int type = SQLITE_NULL;
    sqlite3_int64 integer = 0;
    double real = 0;
    std::string bytes;  // of a text or a blob

    [[nodiscard]] bool null() const { return type == SQLITE_NULL; }
    [[nodiscard]] bool number() const { return type == SQLITE_INTEGER || type == SQLITE_FLOAT; }
};

// What the declared type of a column makes of what it is compared with.
enum class Affinity { none, numeric, text };
[[nodiscard]] Affinity affinity_of(std::string_view type);

[[nodiscard]] Value value_of(sqlite3_value* value, Affinity affinity = Affinity::none);
// The column of the row that a statement stands on.
[[nodiscard]] Value value_at(sqlite3_stmt* statement, int column);

// The whole number that a value is equal to: 2 of 2.0, too.
[[nodiscard]] std::optional<std::int64_t> whole(const Value& value);

// Numbers before texts before blobs, numbers by their exact values, the others byte by byte
// (collation BINARY). Neither is NULL.
[[nodiscard]] std::strong_ordering compare(const Value& a, const Value& b);

}  // namespace lectern::sqlite
