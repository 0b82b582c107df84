#include "plugins/remote/chat.hpp"

#include <boost/json.hpp>

#include <algorithm>

namespace lectern::remote {
namespace {

namespace json = boost::json;
using plugin::Failure;

const char* role_name(std::uint32_t role) {
    switch (role) {
        case LECTERN_ROLE_SYSTEM: return "system";
        case LECTERN_ROLE_ASSISTANT: return "assistant";
        default: return "user";
    }
}

const json::object* object_at(const json::object& parent, const char* name) {
    const json::value* found = parent.if_contains(name);
    return found == nullptr ? nullptr : found->if_object();
}

std::string string_at(const json::object& parent, const char* name) {
    const json::value* found = parent.if_contains(name);
    const json::string* value = found == nullptr ? nullptr : found->if_string();
    return value == nullptr ? std::string() : std::string(*value);
}

std::uint32_t count_at(const json::object& parent, const char* name) {
    const json::value* found = parent.if_contains(name);
    if (found == nullptr || !found->is_number()) return 0;
    json::error_code error;
    const auto value = found->to_number<std::int64_t>(error);
    return error ? 0 : static_cast<std::uint32_t>(std::clamp<std::int64_t>(value, 0, UINT32_MAX));
}

// {"error": {"message": ...}}, {"error": "..."} or {"message": ...}.
std::string stated_error(const json::object& root) {
    if (const json::object* error = object_at(root, "error")) return string_at(*error, "message");
    if (std::string error = string_at(root, "error"); !error.empty()) return error;
    return string_at(root, "message");
}

json::object parse_object(std::string_view text) {
    json::error_code error;
    json::value parsed = json::parse(text, error);
    if (error || !parsed.is_object())
        throw Failure(LECTERN_CORRUPT,
                      "the server's answer is no JSON object: " + std::string(text.substr(0, 200)));
    return std::move(parsed.as_object());
}

}  // namespace

std::string request_body(const lectern_generation& request, const ChatOptions& options) {
    json::object body;
    if (!options.model.empty()) body["model"] = options.model;
    json::array messages;
    for (std::uint64_t i = 0; i < request.message_count; ++i) {
        const lectern_message& message = request.messages[i];
        messages.push_back(json::object{{"role", role_name(message.role)},
                                        {"content", plugin::view(message.text)}});
    }
    body["messages"] = std::move(messages);
    if (request.max_tokens > 0) body[options.max_tokens_name] = request.max_tokens;
    body["temperature"] = request.temperature;
    if (request.top_p > 0 && request.top_p < 1) body["top_p"] = request.top_p;
    if (request.temperature > 0) body["seed"] = static_cast<std::int64_t>(request.seed >> 1);
    // More than four are refused by OpenAI's own server; all are obeyed here in any case.
    json::array stop;
    for (std::uint64_t i = 0; i < std::min<std::uint64_t>(request.stop_count, 4); ++i)
        stop.push_back(json::string(plugin::view(request.stop[i])));
    if (!stop.empty()) body["stop"] = std::move(stop);
    if (request.grammar.size > 0) {
        if (!options.grammar)
            throw Failure(
                LECTERN_UNSUPPORTED,
                "the request has a grammar; set 'grammar: true' if the server takes GBNF, "
                "as llama.cpp's does");
        body["grammar"] = plugin::view(request.grammar);
    }
    body["stream"] = true;
    body["stream_options"] = json::object{{"include_usage", true}};
    return json::serialize(body);
}

Delta parse_completion(std::string_view text) {
    const json::object root = parse_object(text);
    Delta out;
    out.error = root.contains("choices") ? std::string() : stated_error(root);
    if (const json::object* usage = object_at(root, "usage")) {
        out.prompt_tokens = count_at(*usage, "prompt_tokens");
        out.answer_tokens = count_at(*usage, "completion_tokens");
    }
    const json::value* choices = root.if_contains("choices");
    if (choices == nullptr || !choices->is_array() || choices->get_array().empty()) return out;
    const json::object* choice = choices->get_array().front().if_object();
    if (choice == nullptr) return out;
    for (const char* part : {"delta", "message"})
        if (const json::object* found = object_at(*choice, part))
            out.text += string_at(*found, "content");
    out.truncated = string_at(*choice, "finish_reason") == "length";
    return out;
}

std::string error_message(std::string_view body) {
    json::error_code error;
    const json::value parsed = json::parse(body, error);
    if (!error && parsed.is_object()) {
        if (std::string stated = stated_error(parsed.get_object()); !stated.empty()) return stated;
    }
    std::string out(body.substr(0, 200));
    std::replace_if(
        out.begin(), out.end(), [](unsigned char c) { return c < 0x20; }, ' ');
    return out;
}

std::uint64_t guess_tokens(const lectern_message* messages, std::uint64_t count) {
    std::uint64_t out = 3;
    for (std::uint64_t i = 0; i < count; ++i) out += 4 + (messages[i].text.size + 3) / 4;
    return out;
}

}  // namespace lectern::remote
