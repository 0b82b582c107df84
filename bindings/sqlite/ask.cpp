// lectern_ask(table, question, filter, extractive): one row, the answer.
#include "bindings/sqlite/document.hpp"
#include "bindings/sqlite/functions.hpp"
#include "bindings/sqlite/interrupt.hpp"
#include "bindings/sqlite/row_function.hpp"
#include "bindings/sqlite/table.hpp"

namespace lectern::sqlite {
namespace {

namespace json = boost::json;

Result<json::object> citation_of(Table& table, const json::object& citation) {
    json::object out{{"n", citation.at("n")}};
    const auto rowid = rowid_of(std::string_view(citation.at("document").as_string()));
    if (rowid) out["rowid"] = *rowid;
    out["quote"] = citation.at("quote");
    if (!rowid) return out;
    LECTERN_ASSIGN(const Shadow::Change now, table.shadow.now(*rowid));
    if (now.row.empty()) return out;
    const Composition whole = compose(table.definition, now.row);
    const Place place = place_of(whole, citation.at("begin").to_number<std::size_t>(),
                                 citation.at("end").to_number<std::size_t>());
    if (place.column < 0) return out;
    out["column"] = table.definition.columns[static_cast<std::size_t>(place.column)].name;
    out["start"] = place.start;
    out["length"] = place.length;
    return out;
}

Result<std::vector<Row>> ask_table(Connection& connection, const Row& arguments) {
    LECTERN_ASSIGN(const TableReference table,
                   TableReference::find(connection, arguments[0].bytes));
    LECTERN_TRY(table->prepare_to_read());
    json::object request{{"question", valid_text(arguments[1].bytes)}};
    if (!arguments[2].null()) request["filter"] = valid_text(arguments[2].bytes);
    if (!arguments[3].null()) {
        const auto extractive = whole(arguments[3]);
        if (!extractive) return Status{Code::invalid_argument, "extractive must be 1 or 0"};
        request["extractive"] = *extractive != 0;
    }
    json::object answer;
    LECTERN_TRY(unless_interrupted(connection.db, [&](const lectern_watch* watch) -> Status {
        LECTERN_ASSIGN(answer, table->index->ask(request, watch));
        return {};
    }));
    json::array citations;
    for (const json::value& one : answer.at("citations").as_array()) {
        LECTERN_ASSIGN(json::object citation, citation_of(*table, one.as_object()));
        citations.push_back(std::move(citation));
    }
    const auto text = [&](const char* field) {
        return text_value(std::string_view(answer.at(field).as_string()));
    };
    return std::vector<Row>{Row{text("answer"), text("status"),
                                number_value(answer.at("confidence").to_number<double>()),
                                text_value(json::serialize(citations))}};
}

const RowFunction ask_function{
    "lectern_ask",
    "lectern_ask(table, question, filter, extractive), the last two may be left out",
    {"answer", "status", "confidence", "citations"},
    {"table_name", "question", "filter", "extractive"},
    2,
    ask_table};

}  // namespace

Status register_ask(const ConnectionPtr& connection) {
    return register_row_function(connection, ask_function);
}

}  // namespace lectern::sqlite
