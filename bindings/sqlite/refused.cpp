// lectern_refused(table): the rows that are not in the index because the engine does not take them.
#include "bindings/sqlite/functions.hpp"
#include "bindings/sqlite/row_function.hpp"
#include "bindings/sqlite/table.hpp"

namespace lectern::sqlite {
namespace {

Result<std::vector<Row>> refused_rows(Connection& connection, const Row& arguments) {
    LECTERN_ASSIGN(const TableReference table,
                   TableReference::find(connection, arguments[0].bytes));
    LECTERN_TRY(table->prepare_to_read());
    std::vector<Row> out;
    for (const auto& [rowid, refusal] : table->index->refused()) {
        // It may have changed since, or be gone.
        LECTERN_ASSIGN(const auto version, table->shadow.version_of(rowid));
        if (version == refusal.version)
            out.push_back(Row{integer_value(rowid), text_value(refusal.why)});
    }
    return out;
}

const RowFunction refused_function{
    "lectern_refused", "lectern_refused(table)", {"rowid", "why"}, {"table_name"}, 1, refused_rows};

}  // namespace

Status register_refused(const ConnectionPtr& connection) {
    return register_row_function(connection, refused_function);
}

}  // namespace lectern::sqlite
