// apps/server/openai/openai.hpp: the shapes of OpenAI's interface
// (https://platform.openai.com/docs/api-reference) that its clients need: models, embeddings, chat
// completions. Pure functions.
#pragma once

#include <boost/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "api/fields.hpp"
#include "apps/server/http/message.hpp"
#include "lectern/lectern.hpp"

namespace lectern::server {

// A problem document as {"error": {"message", "type", "param", "code"}}; any other response as it
// is.
[[nodiscard]] Response as_openai_error(Response response);

// Whether a request's target is one of OpenAI's, with as many '/' as it may have.
[[nodiscard]] bool is_openai_path(std::string_view target) noexcept;

// "default" is the server's own pipeline; "collection:NAME" that of a collection.
struct ModelName {
    bool known = false;
    std::string collection;  // "": the default
};
[[nodiscard]] ModelName parse_model(std::string_view model);

// The field `input`: a string or a list of strings.
[[nodiscard]] std::vector<std::string> embedding_inputs(api::Fields& fields);
// A vector as its little-endian floats in base64, as the clients ask for it.
[[nodiscard]] std::string base64_floats(std::span<const float> values);

// What a collection's model says where the collection does not say.
inline constexpr std::string_view abstention = "The collection does not say.";

// A conversation as a generator takes it. What functions gave back is a message of the user; turns
// without text (an assistant's that called a function) are left out.
struct Chat {
    std::vector<Message> messages;
    std::string question;  // the last text of the user's own
    // The texts of the user's own before that, each with what the assistant said after it.
    std::vector<Turn> history;
};
// The field `messages`. Parts of a content that are neither text nor a refusal are refused.
[[nodiscard]] Chat chat_of(api::Fields& fields);
// The fields `instructions` and `input` of /v1/responses. Calls of functions and reasoning are
// passed over, what functions gave back is read.
[[nodiscard]] Chat chat_of_input(api::Fields& fields);
// The field `prompt` of /v1/completions: one text, which is a message of the user's.
[[nodiscard]] Chat chat_of_prompt(api::Fields& fields);

// How a generation is wanted. Clients send numbers for other models: what is above a limit is the
// limit, and what is below (-1, 0 tokens) is as left out. `tokens`: the field that bounds the
// answer; "": the two of a chat.
[[nodiscard]] GenerateOptions generate_options(api::Fields& fields, std::uint32_t most_tokens,
                                               std::string_view tokens = {});

// The form that a text must have: of `response_format`, or of `text.format` of /v1/responses.
struct TextForm {
    std::string grammar;         // "": any text will do
    boost::json::object format;  // as it was given; {"type": "text"} where it was not
};
[[nodiscard]] TextForm text_form(api::Fields& fields, std::string_view field);

}  // namespace lectern::server
