// apps/server/openai/writers.hpp: a text in the shapes of OpenAI's three interfaces that write one:
// https://platform.openai.com/docs/api-reference (chat/completions, completions, responses).
#pragma once

#include <boost/json.hpp>
#include <cstdint>
#include <ctime>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "apps/server/api/call.hpp"
#include "apps/server/openai/written.hpp"

namespace lectern::server {

// /v1/chat/completions and /v1/completions: an object with `choices`, or chunks of one.
class ChoicesWriter : public TextWriter {
 public:
    enum class Form { chat, completion };
    struct Wishes {
        std::string model;
        bool streams = false;
        bool usage = false;  // a last chunk with the tokens
        std::string before;  // of a completion: the prompt, where it is to be repeated
        std::vector<Header> headers;
    };
    ChoicesWriter(Call& call, Form form, Wishes wishes);

    bool piece(std::string_view text) override;
    [[nodiscard]] Response finish(const Written& done) override;
    [[nodiscard]] Response fail(const Status& status) override;
    [[nodiscard]] bool begun() const override { return call_.stream.begun(); }

 private:
    void begin();
    [[nodiscard]] bool chat() const noexcept { return form_ == Form::chat; }
    [[nodiscard]] boost::json::object head(bool chunk) const;
    bool send_chunk(boost::json::object choice, const char* finish,
                    const boost::json::object* lectern);

    Call& call_;
    const Form form_;
    const Wishes wishes_;
    const std::string id_;
    const std::int64_t created_ = std::time(nullptr);
};

// /v1/responses: a response with one message, or the events of its making.
class ResponsesWriter : public TextWriter {
 public:
    // `repeated`: the fields that the response repeats of its request.
    ResponsesWriter(Call& call, std::string model, bool streams, boost::json::object repeated,
                    std::vector<Header> headers);

    bool piece(std::string_view text) override;
    [[nodiscard]] Response finish(const Written& done) override;
    [[nodiscard]] Response fail(const Status& status) override;
    [[nodiscard]] bool begun() const override { return call_.stream.begun(); }

 private:
    void begin();
    [[nodiscard]] boost::json::object response(std::string_view status) const;
    [[nodiscard]] boost::json::object message(std::string_view status, std::string_view text,
                                              const Written* done) const;
    static boost::json::object text_part(std::string_view text, const Written* done);
    // An event of a type, numbered.
    [[nodiscard]] std::string numbered(std::string_view type, boost::json::object data);
    [[nodiscard]] std::string of_part(std::string_view type, boost::json::object data);

    Call& call_;
    const std::string model_;
    const bool streams_;
    const boost::json::object repeated_;
    const std::vector<Header> headers_;
    const std::string id_;
    const std::string message_id_;
    const std::int64_t created_ = std::time(nullptr);
    std::uint64_t next_ = 0;  // of the events
};

}  // namespace lectern::server
