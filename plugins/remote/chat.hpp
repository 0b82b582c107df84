// The JSON of chat completions, as OpenAI's API has it and llama.cpp's server, vLLM, Ollama and
// others speak it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lectern/plugin.hpp"

namespace lectern::remote {

struct ChatOptions {
    std::string model;            // "": the server's own
    bool grammar = false;         // the server takes GBNF, as llama.cpp's does
    std::string max_tokens_name;  // of the field that bounds the answer
};

// The request's body. A request with a grammar fails (LECTERN_UNSUPPORTED) where the server takes
// none.
std::string request_body(const lectern_generation& request, const ChatOptions& options);

// The parts of a completion that count.
struct Delta {
    std::string text;
    bool truncated = false;  // "finish_reason": "length"
    std::uint32_t prompt_tokens = 0;
    std::uint32_t answer_tokens = 0;
    std::string error;  // what the server says went wrong, within a stream
};

// One event of a stream, or the whole body of an answer that is not streamed. Fails
// (LECTERN_CORRUPT) when it is no such JSON.
Delta parse_completion(std::string_view json);

// What an answer with an error status says: the message of its JSON, or its beginning.
std::string error_message(std::string_view body);

// Tokens of messages when nobody can count them: four bytes of UTF-8 each, which is more than
// English text has (about 4.5 bytes a token) and fewer than some scripts; rounded up, with the
// marks around each message. A guess: an answer that does not fit is refused by the server.
std::uint64_t guess_tokens(const lectern_message* messages, std::uint64_t count);

}  // namespace lectern::remote
