// lectern_search(table, query, k, filter, mode): passages, several of a row among them.
#include <cmath>
#include <optional>

#include "bindings/sqlite/document.hpp"
#include "bindings/sqlite/functions.hpp"
#include "bindings/sqlite/row_function.hpp"
#include "bindings/sqlite/table.hpp"

namespace lectern::sqlite {
namespace {

namespace json = boost::json;

constexpr std::optional<std::int64_t> usual_k = 10;

Value score_value(const json::value& score) {
    return score.is_number() ? number_value(score.to_number<double>()) : Value{};
}

Result<std::optional<Row>> passage_of(Table& table, const json::object& hit) {
    const auto rowid = rowid_of(std::string_view(hit.at("document").as_string()));
    if (!rowid) return std::optional<Row>();
    LECTERN_ASSIGN(const Shadow::Change now, table.shadow.now(*rowid));
    if (now.row.empty() || now.version != version_of(hit.at("metadata")))
        return std::optional<Row>();
    const Composition whole = compose(table.definition, now.row);
    const Place place = place_of(whole, hit.at("begin").to_number<std::size_t>(),
                                 hit.at("end").to_number<std::size_t>());
    const bool placed = place.column >= 0;
    return std::optional(Row{
        integer_value(*rowid), score_value(hit.at("score")), score_value(hit.at("dense_score")),
        score_value(hit.at("lexical_score")),
        placed ? text_value(table.definition.columns[static_cast<std::size_t>(place.column)].name)
               : Value{},
        placed ? integer_value(static_cast<std::int64_t>(place.start)) : Value{},
        placed ? integer_value(static_cast<std::int64_t>(place.length)) : Value{},
        text_value(std::string_view(hit.at("text").as_string())),
        text_value(std::string_view(hit.at("title").as_string()))});
}

Result<std::vector<Row>> search_passages(Connection& connection, const Row& arguments) {
    LECTERN_ASSIGN(const TableReference table,
                   TableReference::find(connection, arguments[0].bytes));
    LECTERN_TRY(table->prepare_to_read());
    const auto k = arguments[2].null() ? usual_k : whole(arguments[2]);
    if (!k) return Status{Code::invalid_argument, "k must be a whole number"};
    json::object request{{"query", valid_text(arguments[1].bytes)}, {"k", *k}, {"chunks", true}};
    if (!arguments[3].null()) request["filter"] = valid_text(arguments[3].bytes);
    if (!arguments[4].null()) request["mode"] = valid_text(arguments[4].bytes);
    LECTERN_ASSIGN(const json::object result, table->index->search(request));
    std::vector<Row> out;
    for (const json::value& hit : result.at("hits").as_array()) {
        LECTERN_ASSIGN(auto row, passage_of(*table, hit.as_object()));
        if (row) out.push_back(std::move(*row));
    }
    return out;
}

const RowFunction search_function{
    "lectern_search",
    "lectern_search(table, query, k, filter, mode), the last three may be left out",
    {"rowid", "score", "dense_score", "lexical_score", "column", "start", "length", "text",
     "title"},
    {"table_name", "query", "k", "filter", "mode"},
    2,
    search_passages};

}  // namespace

Status register_search(const ConnectionPtr& connection) {
    return register_row_function(connection, search_function);
}

}  // namespace lectern::sqlite
