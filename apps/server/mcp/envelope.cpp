#include "apps/server/mcp/envelope.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "apps/server/http/base64.hpp"
#include "lectern/lectern.hpp"

namespace lectern::server::mcp {
namespace {

namespace json = boost::json;

constexpr std::string_view version_key = "io.modelcontextprotocol/protocolVersion";
constexpr std::string_view capabilities_key = "io.modelcontextprotocol/clientCapabilities";
constexpr std::string_view server_key = "io.modelcontextprotocol/serverInfo";

constexpr int invalid_envelope = -32602;
constexpr int header_mismatch = -32020;
constexpr int unsupported_version = -32022;

// What is the same for everybody and for as long as the program runs.
constexpr std::int64_t lasting_milliseconds = 3'600'000;

const json::object* meta_of(const json::object& parameters) {
    const json::value* meta = parameters.if_contains("_meta");
    return meta == nullptr ? nullptr : meta->if_object();
}

// "" when there is none.
std::string_view text_in(const json::object* object, std::string_view name) {
    const json::value* value = object == nullptr ? nullptr : object->if_contains(name);
    return value != nullptr && value->is_string() ? std::string_view(value->get_string())
                                                  : std::string_view();
}

// The parameter that the header Mcp-Name repeats.
std::string_view named_by(std::string_view method) {
    if (method == "tools/call" || method == "prompts/get") return "name";
    if (method == "resources/read") return "uri";
    return {};
}

// A value that a header cannot carry stands in it as =?base64?…?=.
std::string decoded(std::string_view header) {
    constexpr std::string_view begin = "=?base64?";
    constexpr std::string_view end = "?=";
    if (header.size() < begin.size() + end.size() || !header.starts_with(begin) ||
        !header.ends_with(end))
        return std::string(header);
    header.remove_prefix(begin.size());
    header.remove_suffix(end.size());
    return base64_decoded(header).value_or(std::string());
}

bool says(const Request& request, std::string_view header, std::string_view expected) {
    const auto count =
        std::count_if(request.headers.begin(), request.headers.end(),
                      [header](const Header& one) { return same_name(one.name, header); });
    return count == 1 && decoded(request.header(header)) == expected;
}

}  // namespace

bool has_envelope(const json::object& parameters) noexcept {
    const json::object* meta = meta_of(parameters);
    return meta != nullptr && meta->contains(version_key);
}

std::optional<Refusal> refuse_envelope(const json::object& parameters) {
    const json::object* meta = meta_of(parameters);
    const json::value* version = meta == nullptr ? nullptr : meta->if_contains(version_key);
    const json::value* client = meta == nullptr ? nullptr : meta->if_contains(capabilities_key);
    if (version == nullptr || !version->is_string())
        return Refusal{invalid_envelope,
                       "'_meta' must have 'io.modelcontextprotocol/protocolVersion'"};
    if (client == nullptr || !client->is_object())
        return Refusal{invalid_envelope,
                       "'_meta' must have 'io.modelcontextprotocol/clientCapabilities'"};
    if (*version == json::string_view(newest_version)) return {};
    return Refusal{
        unsupported_version, "Unsupported protocol version",
        json::object{{"supported", json::array{newest_version}}, {"requested", *version}}};
}

std::optional<Refusal> refuse_headers(const Request& request, const json::object& message) {
    const json::value* given = message.if_contains("params");
    const json::object* parameters = given == nullptr ? nullptr : given->if_object();
    const json::object* meta = parameters == nullptr ? nullptr : meta_of(*parameters);
    const std::string_view method = text_in(&message, "method");
    if (!says(request, "MCP-Protocol-Version", text_in(meta, version_key)))
        return Refusal{header_mismatch,
                       "the header MCP-Protocol-Version must be the message's protocolVersion"};
    if (!says(request, "Mcp-Method", method))
        return Refusal{header_mismatch, "the header Mcp-Method must be the message's method"};
    const std::string_view parameter = named_by(method);
    if (parameter.empty() || parameters == nullptr || !parameters->contains(parameter)) return {};
    if (!says(request, "Mcp-Name", text_in(parameters, parameter)))
        return Refusal{header_mismatch,
                       "the header Mcp-Name must be the name, or the uri, in the message"};
    return {};
}

unsigned status_of(int code) noexcept {
    if (code == -32601) return 404;
    const bool of_the_request = code == -32700 || code == -32600 || code == invalid_envelope ||
                                (code <= header_mismatch && code >= unsupported_version);
    return of_the_request ? 400 : 200;
}

bool is_of_older_revisions(std::string_view method) noexcept {
    constexpr std::array<std::string_view, 5> gone{"initialize", "ping", "logging/setLevel",
                                                   "resources/subscribe", "resources/unsubscribe"};
    return std::find(gone.begin(), gone.end(), method) != gone.end();
}

void complete_result(std::string_view method, json::object& result) {
    result["resultType"] = "complete";
    json::value& meta = result["_meta"];
    if (!meta.is_object()) meta = json::object();
    meta.get_object()[server_key] = json::object{{"name", "lectern"}, {"version", version()}};
    const bool same_for_all = method == "server/discover" || method == "tools/list" ||
                              method == "prompts/list" || method == "resources/templates/list";
    const bool of_documents = method == "resources/list" || method == "resources/read";
    if (!same_for_all && !of_documents) return;
    result["ttlMs"] = same_for_all ? lasting_milliseconds : 0;
    result["cacheScope"] = same_for_all ? "public" : "private";
}

}  // namespace lectern::server::mcp
