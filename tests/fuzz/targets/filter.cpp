// Filter expressions, and what they select from a small table.
#include "index/metadata/metadata.hpp"
#include "index/metadata/parser.hpp"
#include "index/metadata/table.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace lectern::fuzz {
namespace {

filter::Table small_table() {
    filter::Table table;
    table.add(
        {"a", "Alpha", R"({"year": 2020, "tags": ["red", "blue"], "open": true})", 1000, 1, 2});
    table.add({"b", "Beta", R"({"year": 1999.5, "day": "2020-05-17", "author": {"name": "B"}})",
               2000, 3, 1});
    table.add({"c", "", "", 3000, 4, 0});
    return table;
}

}  // namespace

void run(std::string_view input) {
    static const filter::Table table = small_table();
    const auto expression = filter::parse(input);
    if (!expression) {
        must(!expression.status().message().empty(), "a refusal says why");
        return;
    }
    const auto selection = table.select(*expression);
    if (!selection) return;
    must(selection->rows.size() == table.rows(), "each row is decided on");
    const auto chunks = table.chunks(*selection);
    must(chunks.size() <= 3, "only chunks of the table");
}

}  // namespace lectern::fuzz
