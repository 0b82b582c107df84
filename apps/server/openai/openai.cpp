#include "apps/server/openai/openai.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <optional>
#include <utility>

#include "api/fields.hpp"
#include "apps/server/http/base64.hpp"
#include "apps/server/openai/json_grammar.hpp"
#include "apps/server/work/collections.hpp"

namespace lectern::server {

namespace json = boost::json;

Response as_openai_error(Response response) {
    if (!response.failure) return response;
    const Problem& failure = *response.failure;
    const char* type = response.status == 401   ? "authentication_error"
                       : response.status == 403 ? "permission_error"
                       : response.status == 429 ? "rate_limit_error"
                       : response.status >= 500 ? "server_error"
                                                : "invalid_request_error";
    response.content_type = "application/json";
    json::value parameter;
    if (!failure.field.empty()) parameter = failure.field;
    response.body =
        json::serialize(json::object{{"error", json::object{{"message", failure.detail},
                                                            {"type", type},
                                                            {"param", std::move(parameter)},
                                                            {"code", failure.code}}}});
    return response;
}

bool is_openai_path(std::string_view target) noexcept {
    target.remove_prefix(std::min(target.find_first_not_of('/'), target.size()));
    return target.starts_with("v1/");
}

ModelName parse_model(std::string_view model) {
    constexpr std::string_view prefix = "collection:";
    if (model == "default") return {true, {}};
    if (!model.starts_with(prefix)) return {};
    model.remove_prefix(prefix.size());
    if (!Collections::valid_name(model)) return {};
    return {true, std::string(model)};
}

std::vector<std::string> embedding_inputs(api::Fields& fields) {
    const json::value* input = fields.any("input");
    if (input == nullptr) return fields.wrong("input", "is missing"), std::vector<std::string>{};
    if (input->is_string() && input->get_string().empty())
        return fields.wrong("input", "must not be empty"), std::vector<std::string>{};
    if (input->is_string()) return {std::string(input->get_string())};
    const json::array* list = input->if_array();
    if (list != nullptr && !list->empty() && !list->front().is_string())
        return fields.wrong(
                   "input",
                   "must be text: numbers of tokens say nothing to a model that has "
                   "another tokenizer than their maker (LangChain's OpenAIEmbeddings sends "
                   "text with check_embedding_ctx_length=False)"),
               std::vector<std::string>{};
    std::vector<std::string> out = fields.texts("input");
    if (std::any_of(out.begin(), out.end(), [](const std::string& text) { return text.empty(); }))
        fields.wrong("input", "has an empty text, which has no meaning to embed");
    return out;
}

std::string base64_floats(std::span<const float> values) {
    static_assert(std::endian::native == std::endian::little);
    return base64({reinterpret_cast<const char*>(values.data()), values.size_bytes()});
}

namespace {

// The text of a part of a content; nothing when it is of another kind, such as a picture.
std::optional<std::string_view> text_of_part(const json::value& part) {
    const json::object* object = part.if_object();
    if (object == nullptr) return {};
    for (const char* name : {"text", "refusal"})
        if (const json::value* text = object->if_contains(name);
            text != nullptr && text->is_string())
            return std::string_view(text->get_string());
    return {};
}

// The text of a message's `content`, or what is wrong with it.
Result<std::string> text_of(const json::value& content) {
    if (content.is_string()) return std::string(content.get_string());
    if (!content.is_array())
        return Status{Code::invalid_argument,
                      "has a 'content' that is neither a string nor a list of parts"};
    std::string out;
    for (const json::value& part : content.get_array()) {
        const auto text = text_of_part(part);
        if (!text)
            return Status{Code::invalid_argument, "has a part of a content that is not text"};
        out += *text;
    }
    return out;
}

enum class Speaker { system, user, assistant, function };

std::optional<Speaker> speaker_of(std::string_view role) {
    if (role == "system" || role == "developer") return Speaker::system;
    if (role == "user") return Speaker::user;
    if (role == "assistant") return Speaker::assistant;
    if (role == "tool" || role == "function") return Speaker::function;
    return {};
}

Role role_of(Speaker speaker) {
    switch (speaker) {
        case Speaker::system: return Role::system;
        case Speaker::assistant: return Role::assistant;
        case Speaker::user:
        case Speaker::function: return Role::user;
    }
    return Role::user;
}

// A whole number of a field, written as one or as 5.0; nothing when it is left out or below
// `least`.
std::optional<std::uint64_t> whole_number(api::Fields& fields, std::string_view name,
                                          std::uint64_t least, std::uint64_t most) {
    const json::value* value = fields.any(name);
    if (value == nullptr) return {};
    boost::system::error_code error;
    const double number = value->is_number() ? value->to_number<double>(error) : std::nan("");
    if (error || std::floor(number) != number)
        return fields.wrong(name, "must be a whole number"), std::nullopt;
    if (number < static_cast<double>(least)) return {};
    if (number >= static_cast<double>(most)) return most;
    return value->is_double() ? static_cast<std::uint64_t>(number)
                              : value->to_number<std::uint64_t>();
}

float share(api::Fields& fields, std::string_view name, float initial, float most) {
    const json::value* value = fields.any(name);
    if (value == nullptr) return initial;
    boost::system::error_code error;
    const double number = value->is_number() ? value->to_number<double>(error) : std::nan("");
    if (error || std::isnan(number)) return fields.wrong(name, "must be a number"), initial;
    return number < 0 ? initial : static_cast<float>(std::min<double>(number, most));
}

}  // namespace

namespace {

// Puts a conversation together.
class Talk {
 public:
    void add(Speaker speaker, std::string text) {
        if (speaker == Speaker::user) {
            if (!out_.question.empty()) out_.history.push_back({out_.question, said_after_});
            out_.question = text;
            said_after_.clear();
        } else if (speaker == Speaker::assistant && text != abstention) {
            said_after_ = text;
        }
        if (text.empty() && may_be_without(speaker)) return;
        out_.messages.push_back({role_of(speaker), std::move(text)});
    }
    // An assistant that called a function or refused says nothing; a function may give nothing.
    static bool may_be_without(Speaker speaker) {
        return speaker == Speaker::assistant || speaker == Speaker::function;
    }
    [[nodiscard]] bool empty() const noexcept { return out_.messages.empty(); }
    Chat take() { return std::move(out_); }

 private:
    Chat out_;
    std::string said_after_;  // the last question of the user's
};

const char* const no_text = "must have a text in one message at least";

}  // namespace

Chat chat_of(api::Fields& fields) {
    Talk talk;
    const auto wrong = [&fields](std::string_view must) {
        fields.wrong("messages", must);
        return Chat{};
    };
    const json::value* list = fields.any("messages");
    if (list == nullptr || !list->is_array() || list->get_array().empty())
        return wrong("must be a list of messages");
    for (const json::value& item : list->get_array()) {
        if (!item.is_object()) return wrong("must be a list of objects");
        const json::object& object = item.get_object();
        const json::value* role = object.if_contains("role");
        if (role == nullptr || !role->is_string())
            return wrong("must have a 'role' and a 'content' each");
        const auto speaker = speaker_of(role->get_string());
        if (!speaker)
            return wrong(
                "has a role that is not system, developer, user, assistant, tool or function");
        const json::value* content = object.if_contains("content");
        if (content == nullptr || content->is_null()) {
            if (!Talk::may_be_without(*speaker))
                return wrong("must have a 'role' and a 'content' each");
            const json::value* refusal = object.if_contains("refusal");
            content = refusal != nullptr && refusal->is_string() ? refusal : nullptr;
        }
        if (content == nullptr) continue;
        auto text = text_of(*content);
        if (!text) return wrong(text.status().message());
        talk.add(*speaker, std::move(*text));
    }
    if (talk.empty()) return wrong(no_text);
    return talk.take();
}

namespace {

// One of the list `input` of /v1/responses; ok for what says nothing.
Status add_item(const json::object& item, Talk& talk) {
    const auto text_at = [&item](std::string_view name) -> std::string_view {
        const json::value* value = item.if_contains(name);
        return value != nullptr && value->is_string() ? std::string_view(value->get_string())
                                                      : std::string_view();
    };
    const std::string_view type = text_at("type");
    if (type == "reasoning" || type.ends_with("_call")) return {};
    Speaker speaker = Speaker::function;
    const json::value* content = item.if_contains("output");
    if (!type.ends_with("_call_output")) {
        if (!type.empty() && type != "message")
            return {Code::invalid_argument, "has an item of the type '" + std::string(type) +
                                                "'; there are messages and outputs of functions"};
        const auto said = speaker_of(text_at("role"));
        if (!said || *said == Speaker::function)
            return {Code::invalid_argument,
                    "has a message whose role is not system, developer, user or assistant"};
        speaker = *said;
        content = item.if_contains("content");
    }
    if (content == nullptr || content->is_null()) {
        if (Talk::may_be_without(speaker)) return {};
        return {Code::invalid_argument, "has a message without a 'content'"};
    }
    LECTERN_ASSIGN(std::string text, text_of(*content));
    talk.add(speaker, std::move(text));
    return {};
}

}  // namespace

Chat chat_of_input(api::Fields& fields) {
    Talk talk;
    if (std::string instructions = fields.text("instructions"); !instructions.empty())
        talk.add(Speaker::system, std::move(instructions));
    const json::value* input = fields.any("input");
    const auto wrong = [&fields](std::string_view must) {
        fields.wrong("input", must);
        return Chat{};
    };
    if (input == nullptr) return wrong("is missing");
    if (input->is_string()) {
        if (input->get_string().empty()) return wrong("must not be empty");
        talk.add(Speaker::user, std::string(input->get_string()));
        return talk.take();
    }
    if (!input->is_array() || input->get_array().empty())
        return wrong("must be a text or a list of messages");
    for (const json::value& item : input->get_array()) {
        if (!item.is_object()) return wrong("must be a text or a list of objects");
        if (const Status bad = add_item(item.get_object(), talk); !bad.ok())
            return wrong(bad.message());
    }
    if (talk.empty()) return wrong(no_text);
    return talk.take();
}

Chat chat_of_prompt(api::Fields& fields) {
    const json::value* prompt = fields.any("prompt");
    const json::value* one = prompt;
    if (prompt != nullptr && prompt->is_array() && prompt->get_array().size() == 1)
        one = &prompt->get_array().front();
    if (one == nullptr || !one->is_string() || one->get_string().empty()) {
        fields.wrong("prompt", prompt == nullptr ? "is missing"
                                                 : "must be one text that is not empty: a list of "
                                                   "prompts and numbers of tokens are not read");
        return {};
    }
    Talk talk;
    talk.add(Speaker::user, std::string(one->get_string()));
    return talk.take();
}

namespace {

// {"type": "json_schema", "json_schema": {"schema": …}}, or with the schema beside the type.
const json::value* schema_of(const json::object& format) {
    const json::value* inner = format.if_contains("json_schema");
    const json::object* named = inner == nullptr ? &format : inner->if_object();
    return named == nullptr ? nullptr : named->if_contains("schema");
}

}  // namespace

TextForm text_form(api::Fields& fields, std::string_view field) {
    TextForm out{{}, {{"type", "text"}}};
    const json::value* value = fields.any(field);
    if (value != nullptr && field == "text") {
        const json::object* object = value->if_object();
        value = object == nullptr ? value : object->if_contains("format");
        if (value != nullptr && value->is_null()) value = nullptr;
    }
    if (value == nullptr) return out;
    const json::object* format = value->if_object();
    const json::value* type = format == nullptr ? nullptr : format->if_contains("type");
    if (type != nullptr && *type == "text") return out;
    const bool of_schema = type != nullptr && *type == "json_schema";
    if (!of_schema && (type == nullptr || *type != "json_object")) {
        fields.wrong(field, "must be of the type text, json_object or json_schema");
        return out;
    }
    out.format = *format;
    const json::value* schema = schema_of(*format);
    if (schema == nullptr) {
        if (of_schema)
            fields.wrong(field, "has no 'schema'");
        else
            out.grammar = json_object_grammar();
        return out;
    }
    auto grammar = json_grammar(*schema);
    if (grammar)
        out.grammar = std::move(*grammar);
    else
        fields.wrong(field, "cannot be kept: " + grammar.status().message());
    return out;
}

GenerateOptions generate_options(api::Fields& fields, std::uint32_t most_tokens,
                                 std::string_view tokens) {
    constexpr std::uint64_t largest_seed = std::uint64_t{1} << 62U;
    GenerateOptions out;
    if (tokens.empty())
        tokens =
            fields.any("max_completion_tokens") != nullptr ? "max_completion_tokens" : "max_tokens";
    out.max_tokens = static_cast<std::uint32_t>(
        whole_number(fields, tokens, 1, most_tokens)
            .value_or(std::min<std::uint64_t>(out.max_tokens, most_tokens)));
    out.temperature = share(fields, "temperature", 0, 2);
    out.top_p = share(fields, "top_p", 1, 1);
    out.seed = whole_number(fields, "seed", 0, largest_seed).value_or(0);
    if (const json::value* stop = fields.any("stop"); stop != nullptr && stop->is_string())
        out.stop_texts = {std::string(stop->get_string())};
    else
        out.stop_texts = fields.texts("stop");
    // An empty one stands for none: nothing would ever be written before it.
    std::erase(out.stop_texts, "");
    return out;
}

}  // namespace lectern::server
