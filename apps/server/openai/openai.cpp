#include "apps/server/openai/openai.hpp"

#include <algorithm>
#include <bit>
#include <boost/beast/core/detail/base64.hpp>
#include <cstring>
#include <utility>

#include "apps/server/work/collections.hpp"

namespace lectern::server {

namespace json = boost::json;

namespace {

// Which one a failure is about: "the field 'n' must be 1 here".
json::value parameter_of(std::string_view detail) {
    constexpr std::string_view begin = "the field '";
    if (!detail.starts_with(begin)) return nullptr;
    detail.remove_prefix(begin.size());
    return json::string(detail.substr(0, detail.find('\'')));
}

}  // namespace

Response as_openai_error(Response response) {
    if (response.content_type != "application/problem+json") return response;
    const json::object problem = json::parse(response.body).as_object();
    const char* type = response.status == 401   ? "authentication_error"
                       : response.status == 403 ? "permission_error"
                       : response.status == 429 ? "rate_limit_error"
                       : response.status >= 500 ? "server_error"
                                                : "invalid_request_error";
    response.content_type = "application/json";
    json::value parameter = parameter_of(problem.at("detail").as_string());
    response.body =
        json::serialize(json::object{{"error", json::object{{"message", problem.at("detail")},
                                                            {"type", type},
                                                            {"param", std::move(parameter)},
                                                            {"code", problem.at("code")}}}});
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

std::vector<std::string> embedding_inputs(Fields& fields) {
    const json::value* input = fields.any("input");
    if (input == nullptr) return fields.wrong("input", "is missing"), std::vector<std::string>{};
    if (input->is_string()) return {std::string(input->get_string())};
    const json::array* list = input->if_array();
    if (list != nullptr && !list->empty() && !list->front().is_string())
        return fields.wrong("input",
                            "must be text: numbers of tokens say nothing to a model that has "
                            "another tokenizer than their maker"),
               std::vector<std::string>{};
    return fields.texts("input");
}

std::string base64_floats(std::span<const float> values) {
    static_assert(std::endian::native == std::endian::little);
    namespace base64 = boost::beast::detail::base64;
    const std::size_t bytes = values.size() * sizeof(float);
    std::string out(base64::encoded_size(bytes), '\0');
    out.resize(base64::encode(out.data(), values.data(), bytes));
    return out;
}

std::vector<Message> chat_messages(Fields& fields) {
    std::vector<Message> out;
    const auto wrong = [&fields, &out](std::string_view must) {
        fields.wrong("messages", must);
        return std::exchange(out, {});
    };
    const json::value* list = fields.any("messages");
    if (list == nullptr || !list->is_array() || list->get_array().empty())
        return wrong("must be a list of messages");
    for (const json::value& item : list->get_array()) {
        if (!item.is_object()) return wrong("must be a list of objects");
        const json::object& object = item.get_object();
        const json::value* role = object.if_contains("role");
        const json::value* content = object.if_contains("content");
        if (role == nullptr || !role->is_string())
            return wrong("must have a 'role' and a 'content' each");
        Message message;
        const std::string_view name = role->get_string();
        if (name == "system" || name == "developer")
            message.role = Role::system;
        else if (name == "assistant")
            message.role = Role::assistant;
        else if (name != "user")
            return wrong("has a role that is not system, developer, user or assistant");
        // An assistant's that called a function has none.
        const bool none = content == nullptr || content->is_null();
        if (none && message.role != Role::assistant)
            return wrong("must have a 'role' and a 'content' each");
        if (none) {
        } else if (content->is_string()) {
            message.text = std::string(content->get_string());
        } else if (content->is_array()) {
            for (const json::value& part : content->get_array()) {
                const json::object* fields_of_part = part.if_object();
                const json::value* text =
                    fields_of_part == nullptr ? nullptr : fields_of_part->if_contains("text");
                if (text == nullptr || !text->is_string())
                    return wrong("has a part of a content that is not text");
                message.text += std::string_view(text->get_string());
            }
        } else {
            return wrong("has a 'content' that is neither a string nor a list of parts");
        }
        out.push_back(std::move(message));
    }
    return out;
}

}  // namespace lectern::server
