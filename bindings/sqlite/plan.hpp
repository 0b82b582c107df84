// bindings/sqlite/plan.hpp: what SQLite and a table agree on for one statement: which of its
// conditions the table takes, and in which order the rows come.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bindings/sqlite/definition.hpp"
#include "bindings/sqlite/sql.hpp"

namespace lectern::sqlite {

// What one value is that SQLite passes to the cursor.
enum class Use : char {
    match = 'm',
    k = 'k',
    mode = 'o',
    weight = 'w',
    limit = 'l',
    offset = 'f',
    rowid = 'r',
    column = 'c'
};

struct Argument {
    Use use = Use::match;
    int column = 0;
    int comparison = 0;
    bool list = false;  // of IN
};

struct Plan {
    bool search = false;  // MATCH; else rows in order of rowid
    bool descending = false;
    sqlite3_uint64 columns = ~sqlite3_uint64{0};  // that are read; the last stands for all behind
    std::vector<Argument> arguments;

    [[nodiscard]] std::string text() const;
    [[nodiscard]] static Plan of(const char* text);
    [[nodiscard]] bool reads(int column) const {
        return ((columns >> (column < 63 ? column : 63)) & 1U) != 0;
    }
};

// xBestIndex. SQLITE_CONSTRAINT: not in this order of tables.
[[nodiscard]] Result<int> choose(const Definition& definition, sqlite3_index_info* info);

}  // namespace lectern::sqlite
