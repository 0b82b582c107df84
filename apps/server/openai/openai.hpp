// apps/server/openai/openai.hpp: the shapes of OpenAI's interface
// (https://platform.openai.com/docs/api-reference) that its clients need: models, embeddings, chat
// completions. Pure functions.
#pragma once

#include <boost/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "apps/server/api/fields.hpp"
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
[[nodiscard]] std::vector<std::string> embedding_inputs(Fields& fields);
// A vector as its little-endian floats in base64, as the clients ask for it.
[[nodiscard]] std::string base64_floats(std::span<const float> values);

// The field `messages`. Parts of a content that are not text are refused.
[[nodiscard]] std::vector<Message> chat_messages(Fields& fields);

}  // namespace lectern::server
