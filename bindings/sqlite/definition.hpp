// bindings/sqlite/definition.hpp: what CREATE VIRTUAL TABLE … USING lectern(…) says. Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lectern/status.hpp"

namespace lectern::sqlite {

struct Column {
    std::string name;
    std::string type;     // as written; "": none
    bool indexed = true;  // false: UNINDEXED, a field for conditions
};

// Columns that a table has beside its own; one whose name a column has gives way.
enum class Hidden { table, k, mode, weight, score, rank };

struct Definition {
    std::string schema;
    std::string table;
    std::vector<Column> columns;
    std::vector<Hidden> hidden;
    std::string content;  // the table with the rows; "": our own
    std::string content_rowid = "rowid";
    std::string pipeline;  // "": the engine's default

    // What sqlite3_declare_vtab takes.
    [[nodiscard]] std::string declaration() const;
    // The place of a column of SQLite's in `hidden`, or nothing.
    [[nodiscard]] const Hidden* hidden_at(int column) const;
    // The text column that is a document's title; -1: none.
    [[nodiscard]] int title() const;
    // Whether the table may have this name: it is the name of a column, too.
    [[nodiscard]] Status may_be_called(std::string_view name) const;
};

[[nodiscard]] std::string_view name(Hidden hidden);

// `arguments` as xCreate gets them: module, schema, table, and what stands in the parentheses.
[[nodiscard]] Result<Definition> parse_definition(std::span<const char* const> arguments);

}  // namespace lectern::sqlite
