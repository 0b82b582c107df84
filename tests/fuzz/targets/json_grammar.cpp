// Schemas that a generator's JSON is to fulfil; archives that are sent to the server.
#include "apps/server/openai/json_grammar.hpp"
#include "api/fields.hpp"
#include "apps/server/work/tar.hpp"
#include "tests/fuzz/fuzz.hpp"

namespace lectern::fuzz {
namespace {

void schema(std::string_view input) {
    const auto value = api::parse_json(input);
    if (!value) return;
    const auto grammar = server::json_grammar(*value);
    if (!grammar) {
        must(!grammar.status().message().empty(), "a refusal says why");
        return;
    }
    must(grammar->starts_with("root ::= "), "a grammar has its root");
    must(grammar->size() < (1U << 20U), "a grammar keeps its limit");
}

// Nothing is written: no name is allowed.
void archive(std::string_view input) {
    server::TarReader reader("/nowhere", [](std::string_view) { return false; });
    while (!input.empty()) {
        const std::size_t size = std::min<std::size_t>(input.size(), 300);
        if (!reader.add(input.substr(0, size)).ok()) return;
        input.remove_prefix(size);
    }
    (void)reader.finish();
    must(reader.files() == 0, "no file is taken that is not allowed");
}

}  // namespace

void run(std::string_view input) {
    if (take_choice(input, 2) == 0)
        schema(input);
    else
        archive(input);
}

}  // namespace lectern::fuzz
