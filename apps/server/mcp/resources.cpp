#include "apps/server/mcp/resources.hpp"

#include <algorithm>
#include <functional>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "api/result_json.hpp"

namespace lectern::server::mcp {
namespace {

namespace json = boost::json;

constexpr std::size_t page_of_resources = 100;
constexpr std::size_t most_completions = 100;        // the protocol's limit
constexpr std::size_t largest_resource = 1U << 20U;  // larger ones are read in pieces, by a tool
constexpr std::string_view scheme = "lectern://";

Status wrong(std::string what) {
    return {Code::invalid_argument, std::move(what)};
}

bool unreserved(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-._~/").find(c) != std::string_view::npos;
}

std::optional<std::string> percent_decoded(std::string_view text) {
    const auto digit = [](char c) {
        return c >= '0' && c <= '9'   ? c - '0'
               : c >= 'a' && c <= 'f' ? c - 'a' + 10
               : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                      : -1;
    };
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out.push_back(text[i]);
            continue;
        }
        if (i + 2 >= text.size() || digit(text[i + 1]) < 0 || digit(text[i + 2]) < 0) return {};
        out.push_back(static_cast<char>(digit(text[i + 1]) * 16 + digit(text[i + 2])));
        i += 2;
    }
    return out;
}

// The text of a parameter; "" when it is left out.
Result<std::string> text_of(const json::object& object, std::string_view name) {
    const json::value* value = object.if_contains(name);
    if (value == nullptr || value->is_null()) return std::string();
    if (!value->is_string()) return wrong("'" + std::string(name) + "' must be a string");
    return std::string(value->get_string());
}

const json::object* object_in(const json::object& object, std::string_view name) {
    const json::value* value = object.if_contains(name);
    return value == nullptr ? nullptr : value->if_object();
}

// Those that the caller sees, in order of id, behind `after`, until `visit` returns false.
Status each_seen(const Collection& collection, const Sources& sources, const std::string& after,
                 const std::function<bool(const Document&)>& visit) {
    std::string filter;
    LECTERN_TRY(Scope(sources.key).narrow(filter));
    return each_document(collection, filter, after, visit);
}

// ------------------------------------------------------------------- prompts

struct Argument {
    std::string_view name;
    std::string_view text;
    bool required = false;
};
struct Prompt {
    std::string_view name;
    std::string_view title;
    std::string_view text;
    std::span<const Argument> arguments;
    std::string (*write)(const std::string& first, const std::string& collection);
};

std::string within(const std::string& collection) {
    return collection.empty() ? "" : " in the collection \"" + collection + "\"";
}

std::string write_research(const std::string& question, const std::string& collection) {
    return "Answer this question from my documents" + within(collection) + ": " + question +
           "\n\nSearch with the tool `search`, with other words too where the first hits do not "
           "answer, and read on with `get_document` where a passage is cut off. Say only what the "
           "documents say, and name after each statement the document that says it. Where they do "
           "not answer the question, say so.";
}

std::string write_summary(const std::string& document, const std::string& collection) {
    return "Read the document \"" + document + "\"" + within(collection) +
           " with the tool `get_document`, all of it, in pieces where it is long. Then say in at "
           "most ten sentences what it is about, what it states, and what it leaves open. Quote "
           "the few passages that matter most, word for word.";
}

constexpr Argument of_research[] = {
    {"question", "what is to be found out", true},
    {"collection", "where to look; may be left out when there is one"}};
constexpr Argument of_summary[] = {
    {"document", "the document's id", true},
    {"collection", "where it is; may be left out when there is one"}};
constexpr Prompt prompts[] = {
    {"research", "Answer from documents",
     "Searches the documents for a question and answers it with its sources", of_research,
     &write_research},
    {"summarize_document", "Summarize a document", "Reads a document and says what is in it",
     of_summary, &write_summary}};

const Prompt* prompt_named(std::string_view name) {
    const auto* found = std::find_if(std::begin(prompts), std::end(prompts),
                                     [name](const Prompt& one) { return one.name == name; });
    return found == std::end(prompts) ? nullptr : found;
}

// ---------------------------------------------------------------- completion

Result<std::vector<std::string>> documents_with(const Sources& sources, std::string collection,
                                                const std::string& begin) {
    if (collection.empty()) {
        const std::vector<std::string> names = sources.names();
        if (names.size() != 1) return std::vector<std::string>();
        collection = names.front();
    }
    std::vector<std::string> out;
    const auto open = sources.get(collection);
    if (!open && open.status().code() == Code::not_found) return out;
    LECTERN_TRY(open.status());
    LECTERN_ASSIGN(const bool whole, Scope(sources.key).sees((*open)->collection, begin));
    if (!begin.empty() && whole && (*open)->collection.get(begin).ok()) out.push_back(begin);
    LECTERN_TRY(each_seen((*open)->collection, sources, begin, [&](const Document& document) {
        if (!document.id.starts_with(begin) || sources.stop.stop_requested()) return false;
        out.push_back(std::string(api::clean(document.id)));
        return out.size() <= most_completions;
    }));
    return out;
}

}  // namespace

std::optional<Address> address_of(std::string_view uri) {
    if (!uri.starts_with(scheme)) return {};
    uri.remove_prefix(scheme.size());
    const std::size_t slash = uri.find('/');
    if (slash == std::string_view::npos || slash == 0 || slash + 1 == uri.size()) return {};
    auto document = percent_decoded(uri.substr(slash + 1));
    if (!document) return {};
    return Address{std::string(uri.substr(0, slash)), std::move(*document)};
}

std::string resource_uri(std::string_view collection, std::string_view document) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out(scheme);
    out.append(collection).push_back('/');
    for (const char c : document) {
        if (unreserved(c)) {
            out.push_back(c);
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        out.push_back('%');
        out.push_back(digits[byte >> 4U]);
        out.push_back(digits[byte & 15U]);
    }
    return out;
}

Result<json::object> list_resources(const json::object& parameters, const Sources& sources) {
    LECTERN_ASSIGN(const std::string cursor, text_of(parameters, "cursor"));
    Address after;
    if (!cursor.empty()) {
        auto known = address_of(cursor);
        if (!known) return wrong("'cursor' must be what nextCursor said");
        after = std::move(*known);
    }
    json::array list;
    bool more = false;
    for (const std::string& name : sources.names()) {
        if (more) break;
        if (name < after.collection) continue;
        LECTERN_ASSIGN(const CollectionPointer open, sources.get(name));
        const auto add = [&](const Document& document) {
            if (sources.stop.stop_requested()) return false;
            if (list.size() == page_of_resources) return more = true, false;
            json::object one{{"uri", resource_uri(name, document.id)},
                             {"name", api::clean(document.id)},
                             {"mimeType", "text/plain"},
                             {"size", document.text.size()}};
            if (!document.title.empty()) one["title"] = api::clean(document.title);
            list.push_back(std::move(one));
            return true;
        };
        LECTERN_TRY(each_seen(open->collection, sources,
                              name == after.collection ? after.document : std::string(), add));
    }
    json::object out{{"resources", std::move(list)}};
    if (more) out["nextCursor"] = out["resources"].as_array().back().at("uri");
    return out;
}

json::object list_templates() {
    return {{"resourceTemplates",
             json::array{json::object{{"uriTemplate", resource_template},
                                      {"name", "document"},
                                      {"title", "A document"},
                                      {"description", "The text of a document of a collection."},
                                      {"mimeType", "text/plain"}}}}};
}

Result<json::object> read_resource(const json::object& parameters, const Sources& sources) {
    LECTERN_ASSIGN(const std::string uri, text_of(parameters, "uri"));
    const auto address = address_of(uri);
    const Status none{Code::not_found, "there is no resource '" + uri + "'; resources/list and " +
                                           std::string(resource_template) + " have them"};
    if (!address) return none;
    const auto open = sources.get(address->collection);
    if (!open && open.status().code() == Code::not_found) return none;
    LECTERN_TRY(open.status());
    LECTERN_ASSIGN(const bool seen,
                   Scope(sources.key).sees((*open)->collection, address->document));
    if (!seen) return none;
    const auto document = (*open)->collection.get(address->document);
    if (!document && document.status().code() == Code::not_found) return none;
    LECTERN_TRY(document.status());
    if (document->text.size() > largest_resource)
        return wrong("the text has " + std::to_string(document->text.size()) +
                     " bytes; the tool get_document reads it in pieces");
    return json::object{
        {"contents",
         json::array{json::object{
             {"uri", uri}, {"mimeType", "text/plain"}, {"text", api::clean(document->text)}}}}};
}

json::object list_prompts() {
    json::array list;
    for (const Prompt& prompt : prompts) {
        json::array arguments;
        for (const Argument& one : prompt.arguments)
            arguments.push_back(json::object{
                {"name", one.name}, {"description", one.text}, {"required", one.required}});
        list.push_back(json::object{{"name", prompt.name},
                                    {"title", prompt.title},
                                    {"description", prompt.text},
                                    {"arguments", std::move(arguments)}});
    }
    return {{"prompts", std::move(list)}};
}

Result<json::object> get_prompt(const json::object& parameters) {
    LECTERN_ASSIGN(const std::string name, text_of(parameters, "name"));
    const Prompt* prompt = prompt_named(name);
    if (prompt == nullptr) return wrong("no prompt '" + name + "'; prompts/list has them");
    const json::object none;
    const json::object* given = object_in(parameters, "arguments");
    if (given == nullptr) given = &none;
    std::vector<std::string> values;
    for (const Argument& argument : prompt->arguments) {
        LECTERN_ASSIGN(values.emplace_back(), text_of(*given, argument.name));
        if (argument.required && values.back().empty())
            return wrong("the argument '" + std::string(argument.name) +
                         "' is needed: " + std::string(argument.text));
    }
    return json::object{
        {"description", prompt->text},
        {"messages",
         json::array{json::object{
             {"role", "user"},
             {"content",
              json::object{{"type", "text"},
                           {"text", api::clean(prompt->write(values[0], values[1]))}}}}}}};
}

Result<json::object> complete(const json::object& parameters, const Sources& sources) {
    const json::object* reference = object_in(parameters, "ref");
    const json::object* argument = object_in(parameters, "argument");
    if (reference == nullptr || argument == nullptr)
        return wrong("'ref' and 'argument' must be objects");
    LECTERN_ASSIGN(const std::string type, text_of(*reference, "type"));
    LECTERN_ASSIGN(const std::string name, text_of(*argument, "name"));
    LECTERN_ASSIGN(const std::string begin, text_of(*argument, "value"));
    if (type == "ref/prompt") {
        LECTERN_ASSIGN(const std::string prompt, text_of(*reference, "name"));
        if (prompt_named(prompt) == nullptr)
            return wrong("no prompt '" + prompt + "'; prompts/list has them");
    } else if (type == "ref/resource") {
        LECTERN_ASSIGN(const std::string uri, text_of(*reference, "uri"));
        if (uri != resource_template)
            return wrong("no template '" + uri + "'; resources/templates/list has them");
    } else {
        return wrong("'ref' must have the type ref/prompt or ref/resource");
    }
    std::vector<std::string> found;
    if (name == "collection") {
        for (std::string& one : sources.names())
            if (one.starts_with(begin)) found.push_back(std::move(one));
    } else if (name == "document") {
        std::string collection;
        if (const json::object* context = object_in(parameters, "context"))
            if (const json::object* chosen = object_in(*context, "arguments")) {
                LECTERN_ASSIGN(collection, text_of(*chosen, "collection"));
            }
        LECTERN_ASSIGN(found, documents_with(sources, std::move(collection), begin));
    }
    const bool more = found.size() > most_completions;
    if (more) found.resize(most_completions);
    return json::object{
        {"completion", json::object{{"values", json::value_from(found)}, {"hasMore", more}}}};
}

}  // namespace lectern::server::mcp
