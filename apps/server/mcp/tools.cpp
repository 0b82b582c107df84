#include <algorithm>
#include <cstdint>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "api/fields.hpp"
#include "api/json_text.hpp"
#include "api/request_fields.hpp"
#include "api/result_json.hpp"
#include "api/shown.hpp"
#include "apps/server/api/documents.hpp"
#include "apps/server/mcp/add_file.hpp"
#include "apps/server/mcp/protocol.hpp"
#include "apps/server/mcp/schemas.hpp"

namespace lectern::server::mcp {
namespace {

namespace json = boost::json;

constexpr std::size_t most_bytes = 65'536;  // of a document in one call: a model reads it

// The collection that a tool is called for; "": the only one.
struct Where {
    std::string collection = {};
};
const api::Table<Where>& where_fields() {
    static const api::Table<Where> table{
        api::bound<&Where::collection>({.name = "collection",
                                        .text = "the collection; may be left out when there is one",
                                        .places = api::in_mcp})};
    return table;
}

// A piece of a document.
struct Piece {
    std::string document = {};
    std::uint64_t begin = 0;
    std::optional<std::uint64_t> end = {};
};
const api::Table<Piece>& piece_fields() {
    constexpr double longest = 1ULL << 40U;
    static const api::Table<Piece> table{
        api::bound<&Piece::document>({.name = "document",
                                      .text = "the id, as hits and citations have it",
                                      .places = api::in_mcp,
                                      .min_length = 1,
                                      .required = true}),
        api::bound<&Piece::begin>({.name = "begin",
                                   .text = "first byte",
                                   .places = api::in_mcp,
                                   .least = 0,
                                   .most = longest}),
        api::bound<&Piece::end>({.name = "end",
                                 .text = "byte after the last",
                                 .places = api::in_mcp,
                                 .least = 0,
                                 .most = longest,
                                 .left_out = "the document's end"})};
    return table;
}

Result<json::object> list_collections(api::Fields& fields, const Sources& sources,
                                      const Progress&) {
    LECTERN_TRY(fields.done());
    json::array out;
    for (const std::string& name : sources.names()) {
        LECTERN_ASSIGN(const CollectionPointer open, sources.get(name));
        LECTERN_ASSIGN(const Stats stats, open->collection.stats());
        json::object one{{"name", name}, {"pipeline", api::clean(stats.pipeline)}};
        if (const Scope scope(sources.key); scope.whole()) {
            one["documents"] = stats.documents;
            one["chunks"] = stats.chunks;
            one["tokens"] = stats.tokens;
        } else {
            std::string filter;
            LECTERN_TRY(scope.narrow(filter));
            LECTERN_ASSIGN(const Selected mine, open->collection.select(filter));
            one["documents"] = mine.documents.size();
        }
        out.push_back(std::move(one));
    }
    return json::object{{"collections", std::move(out)}};
}

}  // namespace

Result<CollectionPointer> chosen(api::Fields& fields, const Sources& sources) {
    Where where;
    read(fields, where_fields(), api::in_mcp, where);
    LECTERN_TRY(fields.done());
    std::string name = std::move(where.collection);
    if (name.empty()) {
        const std::vector<std::string> names = sources.names();
        if (names.size() != 1)
            return Status{Code::invalid_argument,
                          names.empty() ? "there is no collection yet"
                                        : "the argument 'collection' is needed: there are " +
                                              std::to_string(names.size()) +
                                              " collections, see list_collections"};
        name = names.front();
    }
    return sources.get(name);
}

namespace {

// What may be a mistake in a request, such as a field that no document has.
void log_hints(const Sources& sources, const std::vector<std::string>& hints) {
    for (const std::string& hint : hints)
        sources.log(Level::warning, [&hint] { return json::value(api::clean(hint)); });
}

Result<json::object> search(api::Fields& fields, const Sources& sources, const Progress&) {
    auto [query, options] = api::read_search(fields, {sources.most_hits, sources.search_time, {}},
                                             api::in_mcp, api::search_of_models());
    options.stop = sources.stop;
    LECTERN_ASSIGN(const CollectionPointer open, chosen(fields, sources));
    const Scope scope(sources.key);
    LECTERN_TRY(scope.narrow(options.filter));
    if (!options.similar.empty())
        LECTERN_TRY(scope.find(open->collection, open->name, options.similar));
    auto result = open->collection.search(query, options);
    if (!result) return scope.told(no_similar(result.status(), open->name, options.similar));
    scope.hide(result->hints);
    log_hints(sources, result->hints);
    sources.log(Level::info, [&] {
        return json::object{
            {"tool", "search"}, {"collection", open->name}, {"hits", result->hits.size()}};
    });
    return api::json_of(*result);
}

Result<json::object> ask(api::Fields& fields, const Sources& sources, const Progress& progress) {
    auto [question, options] = api::read_ask(fields, sources.answer_time, api::in_mcp);
    options.stop = sources.stop;
    LECTERN_ASSIGN(const CollectionPointer open, chosen(fields, sources));
    if (progress) {
        progress("looking for evidence");
        options.on_evidence = [&progress](std::span<const Citation> evidence) {
            progress("evidence: " + std::to_string(evidence.size()) + " passages");
        };
        options.on_text = [&progress](std::string_view piece) {
            progress(std::string_view(api::clean(piece)));
        };
    }
    const Scope scope(sources.key);
    LECTERN_TRY(scope.narrow(options.filter));
    auto answer = open->collection.ask(question, options);
    if (!answer) return scope.told(answer.status());
    scope.hide(answer->hints);
    log_hints(sources, answer->hints);
    sources.log(Level::info, [&] {
        return json::object{
            {"tool", "ask"}, {"collection", open->name}, {"citations", answer->citations.size()}};
    });
    json::object out = api::json_of(*answer);
    // The hits are for the eye; a model has the citations. Without an answer they are all there is.
    if (answer->status != AnswerStatus::abstained) out.erase("hits");
    out.erase("milliseconds");
    return out;
}

bool inside_character(char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

Result<json::object> get_document(api::Fields& fields, const Sources& sources, const Progress&) {
    Piece asked;
    read(fields, piece_fields(), api::in_mcp, asked);
    const std::string& id = asked.document;
    LECTERN_ASSIGN(const CollectionPointer open, chosen(fields, sources));
    LECTERN_TRY(Scope(sources.key).find(open->collection, open->name, id));
    const auto found = open->collection.get(id);
    if (!found) return no_document(found.status(), open->name, id);
    const Document& document = *found;
    const std::string_view text = document.text;
    std::uint64_t begin = std::min<std::uint64_t>(asked.begin, text.size());
    std::uint64_t end = std::max(begin, asked.end.value_or(text.size()));
    end = std::min<std::uint64_t>({end, text.size(), begin + most_bytes});
    // Whole characters: from the begin of the one at `begin` to before the one that `end` cuts.
    while (begin > 0 && begin < text.size() && inside_character(text[begin])) --begin;
    while (end > begin && end < text.size() && inside_character(text[end])) --end;
    return json::object{{"document", api::clean(document.id)},
                        {"title", api::clean(document.title)},
                        {"text", api::clean(text.substr(begin, end - begin))},
                        {"begin", begin},
                        {"end", end},
                        {"bytes", text.size()},
                        {"metadata", api::parsed(document.metadata)}};
}

using Tool = Result<json::object> (*)(api::Fields& fields, const Sources& sources,
                                      const Progress& progress);
struct Named {
    std::string_view name;
    Tool run;
    api::Schema (*takes)();
    api::Schema (*gives)();  // null: tools.json says it
};

// With the collection, which every tool of one takes.
api::Schema of_collection(api::Schema schema) {
    for (api::Schema& property : api::schema_of(where_fields(), api::in_mcp).properties)
        schema.properties.push_back(std::move(property));
    return schema;
}
api::Schema search_takes() {
    return of_collection(api::fields_named("search", api::in_mcp));
}
api::Schema ask_takes() {
    return of_collection(api::schema_of(api::ask_fields(), api::in_mcp));
}
api::Schema get_document_takes() {
    return of_collection(api::schema_of(piece_fields(), api::in_mcp));
}
api::Schema add_file_takes() {
    return of_collection(api::fields_named("file", api::in_mcp));
}
api::Schema list_collections_takes() {
    return api::schema_of(api::Table<Where>(), api::in_mcp);
}

api::Schema search_gives() {
    return api::result_named("search");
}
// What a model is not given of an answer: the hits where it has citations, and the times.
api::Schema ask_gives() {
    api::Schema out = api::result_named("answer");
    std::erase_if(out.properties,
                  [](const api::Schema& field) { return field.key == "milliseconds"; });
    std::erase_if(out.required, [](const std::string& field) {
        return field == "hits" || field == "milliseconds";
    });
    return out;
}

constexpr Named tools[] = {
    {"search", &search, &search_takes, &search_gives},
    {"ask", &ask, &ask_takes, &ask_gives},
    {"get_document", &get_document, &get_document_takes, nullptr},
    {"list_collections", &list_collections, &list_collections_takes, nullptr},
    {"add_file", &add_file, &add_file_takes, nullptr}};

const Named* tool_named(std::string_view name) {
    const auto* tool = std::find_if(std::begin(tools), std::end(tools),
                                    [name](const Named& each) { return each.name == name; });
    return tool == std::end(tools) ? nullptr : tool;
}

// What tools.json says, with what each takes and gives.
json::array described_tools() {
    json::array out = json::parse(tool_schemas()).as_array();
    for (json::value& tool : out) {
        const Named& named = *tool_named(tool.at("name").as_string());
        tool.as_object()["inputSchema"] = json_of(named.takes());
        if (named.gives != nullptr) tool.as_object()["outputSchema"] = json_of(named.gives());
    }
    return out;
}

json::object with_text(std::string_view text, bool is_error) {
    return {{"content", json::array{json::object{{"type", "text"}, {"text", text}}}},
            {"isError", is_error}};
}

}  // namespace

json::array tool_list(const Sources& sources) {
    static const json::array all = described_tools();
    json::array out;
    for (const json::value& tool : all) {
        const bool stores = tool.at("name") == "add_file";
        if (stores && !sources.may_write) continue;
        json::value& told = out.emplace_back(tool);
        if (stores && !sources.file_at)
            told.as_object()["inputSchema"].as_object()["properties"].as_object().erase("path");
    }
    return out;
}

std::optional<json::object> call_tool(std::string_view name, json::object arguments,
                                      const Sources& sources, const Progress& progress) {
    const Named* tool = tool_named(name);
    if (tool == nullptr) return {};
    api::Fields fields = api::Fields::of_arguments(std::move(arguments));
    auto result = tool->run(fields, sources, progress);
    if (!result) {
        sources.log(Level::error, [&] {
            return json::object{{"tool", name}, {"error", api::clean(result.status().message())}};
        });
        return with_text(api::clean(result.status().message()), true);
    }
    // The text is for clients that know no structured content.
    json::object out = with_text(api::json_text(*result), false);
    out["structuredContent"] = std::move(*result);
    return out;
}

}  // namespace lectern::server::mcp
