// OpenAI's ways to have a text written: /v1/chat/completions, /v1/completions, /v1/responses.
// Fields that say nothing here are passed over; what would have to change the text and cannot is
// refused.
#include <utility>

#include "api/fields.hpp"
#include "apps/server/api/service.hpp"
#include "apps/server/http/problem.hpp"
#include "apps/server/openai/openai.hpp"
#include "apps/server/openai/writers.hpp"
#include "apps/server/openai/written.hpp"

namespace lectern::server {
namespace {

namespace json = boost::json;

// Names what of a request was passed over, for those who wonder.
constexpr const char* ignored_header = "X-Lectern-Ignored";

// Functions are never called: the answer is a message, and a header says so.
std::vector<Header> passed_over(api::Fields& fields) {
    std::string names;
    for (const char* name : {"tools", "functions"}) {
        const json::value* list = fields.any(name);
        if (list == nullptr || !list->is_array() || list->get_array().empty()) continue;
        names += names.empty() ? name : std::string(", ") + name;
    }
    if (names.empty()) return {};
    return {{ignored_header, names}};
}

void refuse_calls(api::Fields& fields) {
    if (const json::value* choice = fields.any("tool_choice");
        choice != nullptr && *choice != "none" && *choice != "auto")
        fields.wrong("tool_choice", "must be none or auto here: no function is ever called");
}

bool wants_usage(api::Fields& fields) {
    const json::value* more = fields.any("stream_options");
    const json::value* flag = more == nullptr || !more->is_object()
                                  ? nullptr
                                  : more->get_object().if_contains("include_usage");
    return flag != nullptr && flag->is_bool() && flag->get_bool();
}

// What the three requests share: the model, and how the generator is to write. A collection's
// answer has its own length and no chance in it, so it asks for none of these.
WriteRequest request_of(api::Fields& fields, const Limits& limits, std::string_view tokens,
                        std::string_view form, json::object* format = nullptr) {
    WriteRequest out;
    out.model = fields.text("model");
    const bool bare = parse_model(out.model).collection.empty();
    TextForm wanted = text_form(fields, form);
    if (!bare && !wanted.grammar.empty())
        fields.wrong(form, "must be text for a collection: it answers in sentences that cite");
    if (bare) out.options = generate_options(fields, limits.tokens, tokens);
    // JSON that ends too soon is none.
    const bool bounded = fields.any("max_tokens") != nullptr ||
                         fields.any("max_completion_tokens") != nullptr ||
                         fields.any("max_output_tokens") != nullptr;
    if (!wanted.grammar.empty() && !bounded) out.options.max_tokens = limits.tokens;
    out.grammar = std::move(wanted.grammar);
    if (format != nullptr) *format = std::move(wanted.format);
    return out;
}

// A collection is asked what the user has asked.
void need_question(api::Fields& fields, const WriteRequest& request, std::string_view field) {
    if (!parse_model(request.model).collection.empty() && request.chat.question.empty())
        fields.wrong(field, "must have a text of the user: it is what is asked");
}

Response post_chat(Service& service, Call& call) {
    api::Fields fields(call.request.body, true);
    WriteRequest request = request_of(fields, service.options.limits, "", "response_format");
    request.chat = chat_of(fields);
    ChoicesWriter::Wishes wishes{.model = request.model,
                                 .streams = fields.flag("stream"),
                                 .usage = wants_usage(fields),
                                 .before = {},
                                 .headers = passed_over(fields)};
    if (fields.count("n", 1, 1, 128) != 1) fields.wrong("n", "must be 1 here");
    if (fields.flag("logprobs")) fields.wrong("logprobs", "must be false here");
    refuse_calls(fields);
    need_question(fields, request, "messages");
    if (const Status bad = fields.done(); !bad.ok()) return problem(bad, fields.place());
    ChoicesWriter writer(call, ChoicesWriter::Form::chat, std::move(wishes));
    return write_text(service, call, std::move(request), writer);
}

Response post_completion(Service& service, Call& call) {
    api::Fields fields(call.request.body, true);
    WriteRequest request =
        request_of(fields, service.options.limits, "max_tokens", "response_format");
    request.chat = chat_of_prompt(fields);
    ChoicesWriter::Wishes wishes{.model = request.model,
                                 .streams = fields.flag("stream"),
                                 .usage = wants_usage(fields),
                                 .before = {},
                                 .headers = {}};
    if (fields.flag("echo")) wishes.before = request.chat.question;
    for (const char* name : {"n", "best_of"})
        if (fields.count(name, 1, 1, 128) != 1) fields.wrong(name, "must be 1 here");
    if (const json::value* given = fields.any("logprobs"); given != nullptr && *given != false)
        fields.wrong("logprobs", "must be left out here");
    if (!fields.text("suffix").empty())
        fields.wrong("suffix", "must be left out here: no text is written into another");
    if (const Status bad = fields.done(); !bad.ok()) return problem(bad, fields.place());
    ChoicesWriter writer(call, ChoicesWriter::Form::completion, std::move(wishes));
    return write_text(service, call, std::move(request), writer);
}

// What a response repeats of its request.
json::object repeated_of(api::Fields& fields, json::object format) {
    const auto as_given = [&fields](const char* name, json::value initial) {
        const json::value* value = fields.any(name);
        return value == nullptr ? std::move(initial) : *value;
    };
    return {{"instructions", as_given("instructions", nullptr)},
            {"max_output_tokens", as_given("max_output_tokens", nullptr)},
            {"metadata", as_given("metadata", json::object())},
            {"parallel_tool_calls", false},
            {"reasoning", json::object{{"effort", nullptr}, {"summary", nullptr}}},
            {"temperature", as_given("temperature", 0)},
            {"text", json::object{{"format", std::move(format)}}},
            {"tool_choice", "none"},
            {"tools", json::array()},
            {"top_p", as_given("top_p", 1)},
            {"truncation", "disabled"},
            {"user", as_given("user", nullptr)}};
}

Response post_response(Service& service, Call& call) {
    api::Fields fields(call.request.body, true);
    json::object format;
    WriteRequest request =
        request_of(fields, service.options.limits, "max_output_tokens", "text", &format);
    request.chat = chat_of_input(fields);
    const bool streams = fields.flag("stream");
    std::vector<Header> headers = passed_over(fields);
    refuse_calls(fields);
    for (const char* name : {"previous_response_id", "conversation"})
        if (fields.any(name) != nullptr)
            fields.wrong(name,
                         "must be left out here: no response is kept; send the earlier messages "
                         "in 'input'");
    if (fields.any("prompt") != nullptr)
        fields.wrong("prompt", "must be left out here: no template is kept");
    if (fields.flag("background")) fields.wrong("background", "must be false here");
    if (fields.count("top_logprobs", 0, 0, 20) != 0)
        fields.wrong("top_logprobs", "must be left out here");
    need_question(fields, request, "input");
    json::object repeated = repeated_of(fields, std::move(format));
    if (const Status bad = fields.done(); !bad.ok()) return problem(bad, fields.place());
    ResponsesWriter writer(call, request.model, streams, std::move(repeated), std::move(headers));
    return write_text(service, call, std::move(request), writer);
}

}  // namespace

void add_openai_writing_routes(Router& router, Service& service) {
    const auto add = [&](const char* path, Response (*handler)(Service&, Call&)) {
        router.add(
            for_tenants({"POST", path, Right::read, Lane::ask,
                         [&service, handler](Call& call) { return handler(service, call); }}));
    };
    add("/v1/chat/completions", &post_chat);
    add("/v1/completions", &post_completion);
    add("/v1/responses", &post_response);
}

}  // namespace lectern::server
