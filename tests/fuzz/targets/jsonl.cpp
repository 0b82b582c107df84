// JSON Lines.
#include "plugins/documents/jsonl_rows.hpp"
#include "tests/fuzz/refusal.hpp"

namespace lectern::fuzz {

void run(std::string_view input) {
    may_refuse([&] {
        std::uint64_t last = 0;
        const auto number = [&](std::uint64_t line) {
            must(line > last, "rows come in order");
            last = line;
        };
        documents::read_rows(
            input, "rows.jsonl",
            [&](const documents::Row& row) {
                number(row.number);
                must(!row.id.empty(), "a row has an id");
            },
            [&](const documents::RowFailure& failure) {
                number(failure.number);
                must(!failure.message.empty(), "a failure says why");
            });
    });
}

}  // namespace lectern::fuzz
