// apps/server/openai/written.hpp: what all of OpenAI's ways to have a text written share. One run,
// of the generator or of a collection, and one writer for each form of what comes of it.
#pragma once

#include <boost/json.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "apps/server/api/service.hpp"
#include "apps/server/openai/openai.hpp"

namespace lectern::server {

// As parse_model; an alias is its collection.
[[nodiscard]] ModelName model_of(const Service& service, const std::string& model);
// Or why the model of a request is not to be had.
[[nodiscard]] std::optional<Response> refuse_model(const Call& call, const std::string& model,
                                                   const ModelName& name);
[[nodiscard]] Result<CollectionPointer> models_of(Service& service, const ModelName& name);
// The code and the words that OpenAI's clients know for what a model cannot read as a whole.
[[nodiscard]] Response too_long(std::string_view field, const Status& status);

// What a text ends with, however it was asked for.
struct Written {
    std::string text;
    bool truncated = false;  // at the most tokens
    std::uint64_t prompt_tokens = 0;
    std::uint64_t generated_tokens = 0;
    std::optional<boost::json::object> lectern;  // the extension field
};

// Writes one text, whole or as events while it is made. Threads: as Call.
class TextWriter {
 public:
    virtual ~TextWriter() = default;
    // False: the client has gone.
    virtual bool piece(std::string_view text) = 0;
    [[nodiscard]] virtual Response finish(const Written& done) = 0;
    [[nodiscard]] virtual Response fail(const Status& status) = 0;
    [[nodiscard]] virtual bool begun() const = 0;
};

struct WriteRequest {
    std::string model;
    Chat chat;
    GenerateOptions options;  // of the bare generator
    std::string grammar = {};
};

// The default model writes to the conversation; a collection's answers its last question.
[[nodiscard]] Response write_text(Service& service, Call& call, WriteRequest request,
                                  TextWriter& writer);

}  // namespace lectern::server
