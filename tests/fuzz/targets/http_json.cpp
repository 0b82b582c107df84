// Bodies of requests: fields, documents, lines of bulk requests, keys, messages of a chat.
#include "api/documents.hpp"
#include "api/fields.hpp"
#include "apps/server/api/documents.hpp"
#include "apps/server/api/keys.hpp"
#include "apps/server/api/router.hpp"
#include "apps/server/http/target.hpp"
#include "tests/fuzz/fuzz.hpp"

#include <cmath>

namespace lectern::fuzz {
namespace {

void fields(std::string_view input, bool lenient) {
    api::Fields fields(input, lenient);
    (void)fields.text("query");
    (void)fields.flag("rerank");
    must(fields.count("k", 10, 1, 1000) <= 1000, "a count keeps its limits");
    const double number = fields.number("weight", 0.5, 0, 1);
    must(number >= 0 && number <= 1, "a number keeps its limits");
    (void)fields.texts("facets");
    (void)fields.numbers("vector");
    (void)fields.any("filter");
    (void)fields.done();
}

void document(std::string_view line) {
    auto value = api::parse_json(line);
    if (!value) return;
    const auto read = api::document_input(std::move(*value), "");
    if (!read) return;
    must(!read->id.empty() && read->id.size() <= 1024, "a document's id keeps its limits");
}

void route(std::string_view input) {
    static const server::Router router = [] {
        server::Router out;
        out.add({"GET", "/collections/{name}/stats", server::Right::read});
        out.add({"PUT", "/collections/{name}/documents/{id+}", server::Right::write});
        out.add({"GET", "/", server::Right::none});
        return out;
    }();
    server::Request request;
    request.target = std::string(input);
    if (!server::read_target(request).ok()) return;
    const auto match = router.find("GET", request.segments);
    must(match.route == nullptr || match.route->method == "GET", "the method is the route's");
}

}  // namespace

void run(std::string_view input) {
    switch (take_choice(input, 5)) {
        case 0: fields(input, false); break;
        case 1: fields(input, true); break;
        case 2:
            while (!input.empty()) {
                const std::size_t end = std::min(input.find('\n'), input.size());
                document(input.substr(0, end));
                input.remove_prefix(std::min(end + 1, input.size()));
            }
            break;
        case 3: (void)server::parse_keys(input); break;
        default: route(input);
    }
}

}  // namespace lectern::fuzz
