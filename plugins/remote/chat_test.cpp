#include "plugins/remote/chat.hpp"

#include <gtest/gtest.h>

#include <array>
#include <boost/json.hpp>

namespace lectern::remote {
namespace {

namespace json = boost::json;

lectern_message message(std::uint32_t role, std::string_view text) {
    return {sizeof(lectern_message), role, plugin::text(text)};
}

TEST(ChatRequest, HoldsWhatTheHostAsksFor) {
    const std::array messages{message(LECTERN_ROLE_SYSTEM, "Be \"brief\"."),
                              message(LECTERN_ROLE_USER, "Wer? \xC3\xBC"),
                              message(LECTERN_ROLE_ASSISTANT, "Ich.")};
    const std::array stops{plugin::text("\n"), plugin::text("END")};
    lectern_generation request{};
    request.struct_size = sizeof request;
    request.messages = messages.data();
    request.message_count = messages.size();
    request.max_tokens = 40;
    request.top_p = 0.5F;
    request.stop = stops.data();
    request.stop_count = stops.size();
    EXPECT_EQ(json::parse(request_body(request, {"tiny", false, "max_tokens"})), json::parse(R"({
        "model": "tiny", "max_tokens": 40, "temperature": 0.0, "top_p": 0.5, "stop": ["\n", "END"],
        "messages": [{"role": "system", "content": "Be \"brief\"."},
                     {"role": "user", "content": "Wer? ü"},
                     {"role": "assistant", "content": "Ich."}],
        "stream": true, "stream_options": {"include_usage": true}})"));
    const json::value other =
        json::parse(request_body(request, {"", false, "max_completion_tokens"}));
    EXPECT_FALSE(other.as_object().contains("model"));
    EXPECT_EQ(other.at("max_completion_tokens"), 40);
}

TEST(ChatRequest, AGrammarGoesWhereTheServerTakesOne) {
    lectern_generation request{};
    request.struct_size = sizeof request;
    request.grammar = plugin::text("root ::= \"yes\"");
    EXPECT_EQ(json::parse(request_body(request, {"", true, "max_tokens"})).at("grammar"),
              "root ::= \"yes\"");
    EXPECT_THROW(request_body(request, {"", false, "max_tokens"}), plugin::Failure);
}

TEST(ChatCompletion, PiecesAndUsageAreRead) {
    struct Case {
        const char* json;
        const char* text;
        bool truncated;
        std::uint32_t prompt, answer;
        const char* error;
    };
    const std::array cases{
        Case{R"({"choices":[{"delta":{"role":"assistant","content":""}}]})", "", false, 0, 0, ""},
        Case{R"({"choices":[{"delta":{"content":"Ja"}}]})", "Ja", false, 0, 0, ""},
        Case{R"({"choices":[{"delta":{"content":null},"finish_reason":"length"}]})", "", true, 0, 0,
             ""},
        Case{R"({"choices":[],"usage":{"prompt_tokens":12,"completion_tokens":3}})", "", false, 12,
             3, ""},
        Case{R"({"choices":[{"message":{"content":"All."},"finish_reason":"stop"}],
                 "usage":{"prompt_tokens":5,"completion_tokens":-1}})",
             "All.", false, 5, 0, ""},
        Case{R"({"error":{"message":"overloaded"}})", "", false, 0, 0, "overloaded"},
        Case{R"({"error":"no"})", "", false, 0, 0, "no"},
        Case{R"({"choices":"what"})", "", false, 0, 0, ""},
    };
    for (const Case& one : cases) {
        const Delta delta = parse_completion(one.json);
        EXPECT_EQ(delta.text, one.text) << one.json;
        EXPECT_EQ(delta.truncated, one.truncated) << one.json;
        EXPECT_EQ(delta.prompt_tokens, one.prompt) << one.json;
        EXPECT_EQ(delta.answer_tokens, one.answer) << one.json;
        EXPECT_EQ(delta.error, one.error) << one.json;
    }
    for (const char* wrong : {"", "[]", "<html>", "{\"choices\":"})
        EXPECT_THROW(parse_completion(wrong), plugin::Failure) << wrong;
}

TEST(ChatError, SaysWhatTheServerSays) {
    EXPECT_EQ(error_message(R"({"error":{"message":"bad key"}})"), "bad key");
    EXPECT_EQ(error_message(R"({"message":"gone"})"), "gone");
    EXPECT_EQ(error_message("<h1>\nBad Gateway"), "<h1> Bad Gateway");
    EXPECT_EQ(error_message(std::string(5000, 'x')).size(), 200U);
}

}  // namespace
}  // namespace lectern::remote
