#include <algorithm>
#include <span>
#include <string>
#include <utility>

#include "api/fields.hpp"
#include "api/json_text.hpp"
#include "api/result_json.hpp"
#include "apps/server/api/documents.hpp"
#include "apps/server/mcp/protocol.hpp"
#include "apps/server/mcp/schemas.hpp"

namespace lectern::server::mcp {
namespace {

namespace json = boost::json;

constexpr std::size_t most_bytes = 65'536;  // of a document in one call: a model reads it

Result<json::object> list_collections(api::Fields& fields, const Sources& sources,
                                      const Progress&) {
    LECTERN_TRY(fields.done());
    json::array out;
    for (const std::string& name : sources.names()) {
        LECTERN_ASSIGN(const CollectionPointer open, sources.get(name));
        LECTERN_ASSIGN(const Stats stats, open->collection.stats());
        out.push_back(json::object{{"name", name},
                                   {"documents", stats.documents},
                                   {"chunks", stats.chunks},
                                   {"tokens", stats.tokens},
                                   {"pipeline", api::clean(stats.pipeline)}});
    }
    return json::object{{"collections", std::move(out)}};
}

// The one that is named, or the only one there is.
Result<CollectionPointer> chosen(api::Fields& fields, const Sources& sources) {
    std::string name = fields.text("collection");
    LECTERN_TRY(fields.done());
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

Result<json::object> search(api::Fields& fields, const Sources& sources, const Progress&) {
    SearchOptions options;
    const std::string query = fields.text("query");
    options.k = fields.count("k", 8, 1, sources.most_hits);
    options.chunks = fields.flag("chunks");
    options.filter = fields.text("filter");
    options.stop = sources.stop;
    options.deadline = sources.search_time;
    LECTERN_ASSIGN(const CollectionPointer open, chosen(fields, sources));
    LECTERN_ASSIGN(const SearchResult result, open->collection.search(query, options));
    return api::json_of(result);
}

Result<json::object> ask(api::Fields& fields, const Sources& sources, const Progress& progress) {
    AskOptions options;
    const std::string question = fields.text("question");
    options.extractive = fields.flag("extractive");
    options.filter = fields.text("filter");
    options.stop = sources.stop;
    options.deadline = sources.answer_time;
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
    LECTERN_ASSIGN(const Answer answer, open->collection.ask(question, options));
    json::object out = api::json_of(answer);
    // The hits are for the eye; a model has the citations. Without an answer they are all there is.
    if (answer.status != AnswerStatus::abstained) out.erase("hits");
    out.erase("milliseconds");
    return out;
}

bool inside_character(char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U;
}

Result<json::object> get_document(api::Fields& fields, const Sources& sources, const Progress&) {
    constexpr std::uint64_t any = 1ULL << 40U;
    const std::string id = fields.text("document");
    std::uint64_t begin = fields.count("begin", 0, 0, any);
    std::uint64_t end = fields.count("end", any, 0, any);
    LECTERN_ASSIGN(const CollectionPointer open, chosen(fields, sources));
    const auto found = open->collection.get(id);
    if (!found) return no_document(found.status(), open->name, id);
    const Document& document = *found;
    const std::string_view text = document.text;
    begin = std::min<std::uint64_t>(begin, text.size());
    end = std::min<std::uint64_t>({std::max(begin, end), text.size(), begin + most_bytes});
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
};
constexpr Named tools[] = {{"search", &search},
                           {"ask", &ask},
                           {"get_document", &get_document},
                           {"list_collections", &list_collections}};

json::object with_text(std::string_view text, bool is_error) {
    return {{"content", json::array{json::object{{"type", "text"}, {"text", text}}}},
            {"isError", is_error}};
}

}  // namespace

const json::array& tool_list() {
    static const json::array list = json::parse(tool_schemas()).as_array();
    return list;
}

std::optional<json::object> call_tool(std::string_view name, json::object arguments,
                                      const Sources& sources, const Progress& progress) {
    const auto* tool = std::find_if(std::begin(tools), std::end(tools),
                                    [name](const Named& each) { return each.name == name; });
    if (tool == std::end(tools)) return {};
    api::Fields fields = api::Fields::of_arguments(std::move(arguments));
    auto result = tool->run(fields, sources, progress);
    if (!result) return with_text(api::clean(result.status().message()), true);
    // The text is for clients that know no structured content.
    json::object out = with_text(api::json_text(*result), false);
    out["structuredContent"] = std::move(*result);
    return out;
}

}  // namespace lectern::server::mcp
