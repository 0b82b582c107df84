#include "apps/server/mcp/protocol.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "api/fields.hpp"
#include "api/result_json.hpp"
#include "apps/server/mcp/resources.hpp"

namespace lectern::server::mcp {
namespace {

namespace json = boost::json;

// Those that are agreed on by `initialize`.
constexpr std::array<std::string_view, 4> versions{"2024-11-05", "2025-03-26", "2025-06-18",
                                                   "2025-11-25"};

// https://www.jsonrpc.org/specification, 5.1
enum Failure : int {
    parse_error = -32700,
    invalid_request = -32600,
    method_not_found = -32601,
    invalid_parameters = -32602,
    internal_error = -32603,
    no_resource = -32002,  // of MCP
    busy = -32000          // of the implementation's own
};

json::object failed(const json::value& id, Failure code, std::string_view message) {
    return {{"jsonrpc", "2.0"}, {"id", id}, {"error", {{"code", code}, {"message", message}}}};
}

json::object done(const json::value& id, json::value result) {
    return {{"jsonrpc", "2.0"}, {"id", id}, {"result", std::move(result)}};
}

// A member of a request's parameters: nothing for one that is null, as some clients write what they
// leave out.
const json::value* member(const json::object& object, std::string_view name) {
    const json::value* value = object.if_contains(name);
    return value == nullptr || value->is_null() ? nullptr : value;
}

// Tells the client of its request's progress, when it has given a token for that.
Progress progress_of(const json::object& parameters, const Sources& sources) {
    const json::value* meta = member(parameters, "_meta");
    const json::object* known = meta == nullptr ? nullptr : meta->if_object();
    const json::value* token = known == nullptr ? nullptr : member(*known, "progressToken");
    if (token == nullptr || !(token->is_string() || token->is_number()) || !sources.notify)
        return {};
    return [&sources, token = *token, step = 0](std::string_view message) mutable {
        sources.notify(
            {{"jsonrpc", "2.0"},
             {"method", "notifications/progress"},
             {"params", {{"progressToken", token}, {"progress", ++step}, {"message", message}}}});
    };
}

template <typename Holds>
bool any_message(const json::value& message, const Holds& holds) {
    const json::array* batch = message.if_array();
    return batch == nullptr ? holds(message) : std::any_of(batch->begin(), batch->end(), holds);
}

bool has_method(const json::value& message, std::string_view name) {
    const json::object* request = message.if_object();
    const json::value* method = request == nullptr ? nullptr : request->if_contains("method");
    return method != nullptr && *method == json::string_view(name);
}

constexpr std::string_view instructions =
    "Finds passages in collections of documents and answers from them with citations. Every "
    "passage and citation names its document and the bytes [begin, end) of its text; get_document "
    "reads them.";

json::object capabilities(bool logging, const json::object& changes) {
    json::object out{{"tools", json::object{}},
                     {"resources", changes},
                     {"prompts", json::object{}},
                     {"completions", json::object{}}};
    if (logging) out["logging"] = json::object{};
    return out;
}

json::object initialize(const json::object& parameters, const Sources& sources) {
    std::string_view version = versions.back();
    if (const auto* asked = parameters.if_contains("protocolVersion");
        asked != nullptr && asked->is_string() &&
        std::find(versions.begin(), versions.end(), asked->get_string()) != versions.end())
        version = asked->get_string();
    return {{"protocolVersion", version},
            {"capabilities",
             capabilities(sources.stays,
                          sources.subscribe ? json::object{{"subscribe", true}} : json::object{})},
            {"serverInfo",
             {{"name", "lectern"}, {"title", "Lectern"}, {"version", lectern::version()}}},
            {"instructions", instructions}};
}

json::object discover(const Sources& sources) {
    json::array supported(versions.begin(), versions.end());
    supported.push_back(json::value(newest_version));
    return {{"supportedVersions", std::move(supported)},
            {"capabilities",
             capabilities(true, sources.listens
                                    ? json::object{{"subscribe", true}, {"listChanged", true}}
                                    : json::object{})},
            {"instructions", instructions}};
}

// What stands beside the tools; nothing: no such method.
std::optional<json::object> of_resources(const json::value& id, std::string_view method,
                                         const json::object& parameters, const Sources& sources) {
    Result<json::object> result = json::object();
    if (method == "resources/list")
        result = list_resources(parameters, sources);
    else if (method == "resources/templates/list")
        result = list_templates();
    else if (method == "resources/read")
        result = read_resource(parameters, sources);
    else if (method == "prompts/list")
        result = list_prompts();
    else if (method == "prompts/get")
        result = get_prompt(parameters);
    else if (method == "completion/complete")
        result = complete(parameters, sources);
    else
        return {};
    if (result) return done(id, std::move(*result));
    const Status& bad = result.status();
    return failed(id,
                  bad.code() == Code::not_found          ? no_resource
                  : bad.code() == Code::invalid_argument ? invalid_parameters
                                                         : internal_error,
                  std::string_view(api::clean(bad.message())));
}

}  // namespace

bool knows_version(std::string_view version) noexcept {
    return version == newest_version ||
           std::find(versions.begin(), versions.end(), version) != versions.end();
}

json::object refused(const json::value& id, const Refusal& why) {
    json::object out{{"code", why.code}, {"message", why.message}};
    if (!why.data.is_null()) out["data"] = why.data;
    return {{"jsonrpc", "2.0"}, {"id", id}, {"error", std::move(out)}};
}

namespace {

// A request that is one, of whichever revision.
json::object answer_request(const json::value& id, std::string_view name,
                            const json::object& parameters, bool newest, const Sources& sources) {
    if (newest && name == "server/discover") return done(id, discover(sources));
    if (newest && is_of_older_revisions(name))
        return failed(
            id, method_not_found,
            "'" + std::string(name) + "' is not in revision " + std::string(newest_version));
    if (name == "initialize") return done(id, initialize(parameters, sources));
    if (name == "ping") return done(id, json::object{});
    if (name == "tools/list") return done(id, json::object{{"tools", tool_list(sources)}});
    if (sources.stays && name == "logging/setLevel") {
        const json::value* level = member(parameters, "level");
        if (level == nullptr || !level->is_string() || !level_named(level->get_string()))
            return failed(id, invalid_parameters,
                          "'level' must be debug, info, notice, warning, error, critical, alert "
                          "or emergency");
        return done(id, json::object{});
    }
    const bool subscribes = name == "resources/subscribe";
    if (sources.subscribe && (subscribes || name == "resources/unsubscribe")) {
        const json::value* uri = member(parameters, "uri");
        if (uri == nullptr || !uri->is_string() || !address_of(uri->get_string()))
            return failed(id, invalid_parameters,
                          "'uri' must be the address of a document, as resources/list has it");
        if (!sources.subscribe(std::string(uri->get_string()), subscribes))
            return failed(id, busy, "there are too many subscriptions; end some");
        return done(id, json::object{});
    }
    if (auto answered = of_resources(id, name, parameters, sources)) {
        // That code is of older revisions.
        if (json::value* error = answered->if_contains("error");
            newest && error != nullptr && error->at("code") == no_resource)
            error->as_object()["code"] = invalid_parameters;
        return std::move(*answered);
    }
    if (name != "tools/call")
        return failed(id, method_not_found, "no method '" + std::string(name) + "'");

    const json::value* tool = parameters.if_contains("name");
    if (tool == nullptr || !tool->is_string())
        return failed(id, invalid_parameters, "'name' must be the name of a tool");
    const json::value* arguments = member(parameters, "arguments");
    if (arguments != nullptr && !arguments->is_object())
        return failed(id, invalid_parameters, "'arguments' must be an object");
    auto result = call_tool(tool->get_string(),
                            arguments == nullptr ? json::object{} : arguments->get_object(),
                            sources, progress_of(parameters, sources));
    if (!result)
        return failed(id, invalid_parameters,
                      "no tool '" + std::string(tool->get_string()) + "'; tools/list has them");
    return done(id, std::move(*result));
}

}  // namespace

std::optional<json::object> answer_one(const json::value& message, const Sources& sources) {
    if (!message.is_object())
        return failed(nullptr, invalid_request, "a message must be a JSON object");
    const json::object& request = message.get_object();
    const json::value* id = request.if_contains("id");
    const bool has_id = id != nullptr && (id->is_string() || id->is_number());
    const json::value* version = request.if_contains("jsonrpc");
    const json::value* method = request.if_contains("method");
    const bool responds = request.contains("result") || request.contains("error");
    if (method == nullptr && has_id && responds) return {};  // a response; nothing was asked
    if (version == nullptr || *version != "2.0" || method == nullptr || !method->is_string() ||
        (id != nullptr && !has_id) || responds)
        return failed(has_id ? *id : json::value(nullptr), invalid_request,
                      "not a request of JSON-RPC 2.0");
    if (!has_id) return {};  // a notification: none of them asks for anything here

    const json::value* given = member(request, "params");
    if (given != nullptr && !given->is_object())
        return failed(*id, invalid_parameters, "'params' must be an object");
    const json::object parameters = given == nullptr ? json::object{} : given->get_object();
    const std::string_view name = method->get_string();
    const bool newest = sources.newest || has_envelope(parameters);
    if (!newest) return answer_request(*id, name, parameters, newest, sources);
    if (const auto why = refuse_envelope(parameters)) return refused(*id, *why);
    Sources its_own = sources;
    its_own.log_level = level_of(parameters);
    json::object out = answer_request(*id, name, parameters, newest, its_own);
    if (json::value* result = out.if_contains("result")) complete_result(name, result->as_object());
    return out;
}

json::object too_busy(const json::value& id) {
    return failed(id, busy, "too many requests are waiting; try again when some are answered");
}

json::object wrong_version(const json::value& message, std::string_view version) {
    json::value id;
    if (message.is_object())
        if (const json::value* said = member(message.get_object(), "id");
            said != nullptr && (said->is_string() || said->is_number()))
            id = *said;
    return failed(id, invalid_request,
                  "MCP-Protocol-Version '" + std::string(version) + "' is not spoken here");
}

bool calls_tool(const json::value& message) {
    return any_message(message, [](const json::value& one) {
        return has_method(one, "tools/call") || has_method(one, "resources/list") ||
               has_method(one, "resources/read") || has_method(one, "completion/complete");
    });
}

std::optional<Level> sets_level(const json::value& message) {
    if (!has_method(message, "logging/setLevel")) return {};
    const json::value* given = member(message.get_object(), "params");
    const json::object* parameters = given == nullptr ? nullptr : given->if_object();
    const json::value* level = parameters == nullptr ? nullptr : member(*parameters, "level");
    if (level == nullptr || !level->is_string()) return {};
    return level_named(level->get_string());
}

bool initializes(const json::value& message) {
    return any_message(message,
                       [](const json::value& one) { return has_method(one, "initialize"); });
}

std::optional<json::value> cancelled_request(const json::value& message) {
    if (!has_method(message, "notifications/cancelled")) return {};
    const json::value* given = member(message.get_object(), "params");
    const json::object* parameters = given == nullptr ? nullptr : given->if_object();
    const json::value* id = parameters == nullptr ? nullptr : member(*parameters, "requestId");
    return id == nullptr ? std::nullopt : std::optional<json::value>(*id);
}

std::optional<json::value> answer(std::string_view message, const Sources& sources) {
    const auto parsed = api::parse_json(message);
    if (!parsed) return failed(nullptr, parse_error, parsed.status().message());
    return answer_message(*parsed, sources);
}

std::optional<json::value> answer_message(const json::value& message, const Sources& sources) {
    const json::array* batch = message.if_array();
    if (batch == nullptr) {
        auto one = answer_one(message, sources);
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

namespace {

bool calls(const json::value& message, json::string_view name) {
    return any_message(message, [name](const json::value& one) {
        const json::object* request = one.if_object();
        const json::value* given = request == nullptr ? nullptr : request->if_contains("params");
        const json::object* parameters = given == nullptr ? nullptr : given->if_object();
        const json::value* tool = parameters == nullptr ? nullptr : parameters->if_contains("name");
        return tool != nullptr && *tool == name;
    });
}

}  // namespace

bool asks_for_text(const json::value& message) {
    return calls(message, "ask");
}

bool stores(const json::value& message) {
    return calls(message, "add_file");
}

}  // namespace lectern::server::mcp
