#include "apps/server/mcp/protocol.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "apps/server/api/fields.hpp"

namespace lectern::server::mcp {
namespace {

namespace json = boost::json;

constexpr std::array<std::string_view, 4> versions{"2024-11-05", "2025-03-26", "2025-06-18",
                                                   "2025-11-25"};

// Of revision 2025-03-26, which has batches.
constexpr std::size_t most_of_a_batch = 32;

// https://www.jsonrpc.org/specification, 5.1
enum Failure : int {
    parse_error = -32700,
    invalid_request = -32600,
    method_not_found = -32601,
    invalid_parameters = -32602
};

json::object failed(const json::value& id, Failure code, std::string_view message) {
    return {{"jsonrpc", "2.0"}, {"id", id}, {"error", {{"code", code}, {"message", message}}}};
}

json::object done(const json::value& id, json::value result) {
    return {{"jsonrpc", "2.0"}, {"id", id}, {"result", std::move(result)}};
}

json::object initialize(const json::object& parameters) {
    std::string_view version = versions.back();
    if (const auto* wanted = parameters.if_contains("protocolVersion");
        wanted != nullptr && wanted->is_string() && knows_version(wanted->get_string()))
        version = wanted->get_string();
    return {{"protocolVersion", version},
            {"capabilities", {{"tools", json::object{}}}},
            {"serverInfo",
             {{"name", "lectern"}, {"title", "Lectern"}, {"version", lectern::version()}}},
            {"instructions",
             "Finds passages in collections of documents and answers from them with citations. "
             "Every passage and citation names its document and the bytes [begin, end) of its "
             "text; get_document reads them."}};
}

}  // namespace

bool knows_version(std::string_view version) noexcept {
    return std::find(versions.begin(), versions.end(), version) != versions.end();
}

namespace {

std::optional<json::object> answer_one(const json::value& message, const Sources& sources) {
    if (!message.is_object())
        return failed(nullptr, invalid_request, "a message must be a JSON object");
    const json::object& request = message.get_object();
    const json::value* id = request.if_contains("id");
    const bool has_id = id != nullptr && (id->is_string() || id->is_number());
    const json::value* version = request.if_contains("jsonrpc");
    const json::value* method = request.if_contains("method");
    if (method == nullptr && has_id && (request.contains("result") || request.contains("error")))
        return {};  // a response; nothing was asked
    if (version == nullptr || *version != "2.0" || method == nullptr || !method->is_string() ||
        (id != nullptr && !has_id))
        return failed(has_id ? *id : json::value(nullptr), invalid_request,
                      "not a request of JSON-RPC 2.0");
    if (!has_id) return {};  // a notification: none of them asks for anything here

    const json::value* given = request.if_contains("params");
    if (given != nullptr && !given->is_object())
        return failed(*id, invalid_parameters, "'params' must be an object");
    const json::object parameters = given == nullptr ? json::object{} : given->get_object();
    const std::string_view name = method->get_string();
    if (name == "initialize") return done(*id, initialize(parameters));
    if (name == "ping") return done(*id, json::object{});
    if (name == "tools/list") return done(*id, json::object{{"tools", tool_list()}});
    if (name != "tools/call")
        return failed(*id, method_not_found, "no method '" + std::string(name) + "'");

    const json::value* tool = parameters.if_contains("name");
    if (tool == nullptr || !tool->is_string())
        return failed(*id, invalid_parameters, "'name' must be the name of a tool");
    const json::value* arguments = parameters.if_contains("arguments");
    if (arguments != nullptr && !arguments->is_object())
        return failed(*id, invalid_parameters, "'arguments' must be an object");
    auto result =
        call_tool(tool->get_string(),
                  arguments == nullptr ? json::object{} : arguments->get_object(), sources);
    if (!result)
        return failed(*id, invalid_parameters,
                      "no tool '" + std::string(tool->get_string()) + "'; tools/list has them");
    return done(*id, std::move(*result));
}

}  // namespace

std::optional<json::value> answer(std::string_view message, const Sources& sources) {
    const auto parsed = parse_json(message);
    if (!parsed) return failed(nullptr, parse_error, parsed.status().message());
    const json::array* batch = parsed->if_array();
    if (batch == nullptr) {
        auto one = answer_one(*parsed, sources);
        return one ? std::optional<json::value>(std::move(*one)) : std::nullopt;
    }
    if (batch->empty() || batch->size() > most_of_a_batch)
        return failed(nullptr, invalid_request,
                      "a batch has 1 to " + std::to_string(most_of_a_batch) + " messages");
    json::array out;
    for (const json::value& each : *batch)
        if (auto one = answer_one(each, sources)) out.push_back(std::move(*one));
    return out.empty() ? std::nullopt : std::optional<json::value>(std::move(out));
}

bool is_no_message(const json::value& answer) noexcept {
    const json::object* object = answer.if_object();
    const json::value* id = object == nullptr ? nullptr : object->if_contains("id");
    return id != nullptr && id->is_null();
}

bool asks_for_text(std::string_view message) {
    const auto parsed = parse_json(message);
    if (!parsed) return false;
    const auto asks = [](const json::value& one) {
        const json::object* request = one.if_object();
        const json::value* given = request == nullptr ? nullptr : request->if_contains("params");
        const json::object* parameters = given == nullptr ? nullptr : given->if_object();
        const json::value* tool = parameters == nullptr ? nullptr : parameters->if_contains("name");
        return tool != nullptr && *tool == "ask";
    };
    if (const json::array* batch = parsed->if_array())
        return std::any_of(batch->begin(), batch->end(), asks);
    return asks(*parsed);
}

}  // namespace lectern::server::mcp
