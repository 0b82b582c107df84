// OpenAI's shapes as its clients send them: conversations and the numbers of a generation.
#include "apps/server/openai/openai.hpp"
#include "api/fields.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "apps/server/http/problem.hpp"

namespace lectern::server {
namespace {

namespace json = boost::json;

TEST(OpenAiTest, ConversationsAreReadWithTheirFunctions) {
    const std::string history =
        R"({"role":"user","content":"What is 6 x 7?"},
           {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"times","arguments":"{}"}}]},
           {"role":"tool","tool_call_id":"c1","content":"42"},)";
    const struct {
        std::string messages;
        std::vector<std::pair<Role, std::string>> read;
        const char* question;
    } cases[] = {
        {R"({"role":"user","content":"Hi"})", {{Role::user, "Hi"}}, "Hi"},
        {history + R"({"role":"user","content":"Thanks."})",
         {{Role::user, "What is 6 x 7?"}, {Role::user, "42"}, {Role::user, "Thanks."}},
         "Thanks."},
        {history + R"({"role":"assistant","content":"It is 42."})",
         {{Role::user, "What is 6 x 7?"}, {Role::user, "42"}, {Role::assistant, "It is 42."}},
         "What is 6 x 7?"},
        {R"({"role":"developer","content":"Be brief."},{"role":"user","content":"Hi"},
            {"role":"function","name":"f","content":null},{"role":"function","name":"f","content":"1"},
            {"role":"tool","tool_call_id":"c"},{"role":"assistant"},{"role":"assistant","content":""})",
         {{Role::system, "Be brief."}, {Role::user, "Hi"}, {Role::user, "1"}},
         "Hi"},
        {R"({"role":"assistant","content":[{"type":"text","text":"No: "},{"type":"refusal","refusal":"I cannot."}]},
            {"role":"assistant","content":null,"refusal":"Nor this."},
            {"role":"tool","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]},
            {"role":"user","content":[{"type":"text","text":"Why"},{"type":"text","text":"?"}]})",
         {{Role::assistant, "No: I cannot."},
          {Role::assistant, "Nor this."},
          {Role::user, "ab"},
          {Role::user, "Why?"}},
         "Why?"}};
    for (const auto& each : cases) {
        api::Fields fields(R"({"messages":[)" + each.messages + "]}", true);
        const Chat chat = chat_of(fields);
        EXPECT_TRUE(fields.done().ok()) << fields.done().message() << each.messages;
        std::vector<std::pair<Role, std::string>> read;
        for (const Message& message : chat.messages) read.emplace_back(message.role, message.text);
        EXPECT_EQ(read, each.read) << each.messages;
        EXPECT_EQ(chat.question, each.question) << each.messages;
    }
}

TEST(OpenAiTest, EarlierQuestionsAreTheHistory) {
    api::Fields fields(R"({"messages":[
        {"role":"system","content":"Be brief."},
        {"role":"user","content":"Who invented the LSTM?"},
        {"role":"assistant","content":"Sepp Hochreiter [1]."},
        {"role":"user","content":"Who painted it?"},
        {"role":"assistant","content":"The collection does not say."},
        {"role":"user","content":"When?"}]})",
                       true);
    const Chat chat = chat_of(fields);
    EXPECT_EQ(chat.question, "When?");
    ASSERT_EQ(chat.history.size(), 2U);
    EXPECT_EQ(chat.history[0].question, "Who invented the LSTM?");
    EXPECT_EQ(chat.history[0].answer, "Sepp Hochreiter [1].");
    EXPECT_EQ(chat.history[1].question, "Who painted it?");
    EXPECT_EQ(chat.history[1].answer, "");
}

TEST(OpenAiTest, ConversationsThatCannotBeReadAreRefused) {
    const struct {
        const char* body;
        const char* says;
    } cases[] = {
        {R"({})", "must be a list of messages"},
        {R"({"messages":[]})", "must be a list of messages"},
        {R"({"messages":["Hi"]})", "must be a list of objects"},
        {R"({"messages":[{"content":"Hi"}]})", "a 'role' and a 'content'"},
        {R"({"messages":[{"role":"user"}]})", "a 'role' and a 'content'"},
        {R"({"messages":[{"role":"user","content":null}]})", "a 'role' and a 'content'"},
        {R"({"messages":[{"role":"critic","content":"x"}]})", "has a role that is not"},
        {R"({"messages":[{"role":"user","content":7}]})", "neither a string nor a list"},
        {R"({"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"x"}}]}]})",
         "that is not text"},
        {R"({"messages":[{"role":"assistant","content":null,"tool_calls":[]}]})",
         "must have a text"}};
    for (const auto& each : cases) {
        api::Fields fields(each.body, true);
        EXPECT_TRUE(chat_of(fields).messages.empty());
        EXPECT_EQ(fields.done().code(), Code::invalid_argument) << each.body;
        EXPECT_NE(fields.done().message().find(each.says), std::string::npos)
            << fields.done().message();
    }
}

TEST(OpenAiTest, InputsOfResponsesAreConversations) {
    const struct {
        const char* body;
        std::vector<std::pair<Role, std::string>> read;
        const char* question;
    } cases[] = {{R"({"input":"Hi"})", {{Role::user, "Hi"}}, "Hi"},
                 {R"({"input":"Hi","instructions":"Be brief."})",
                  {{Role::system, "Be brief."}, {Role::user, "Hi"}},
                  "Hi"},
                 {R"({"instructions":null,"input":[
            {"role":"user","content":[{"type":"input_text","text":"6 x "},{"type":"input_text","text":"7?"}]},
            {"type":"reasoning","summary":[]},
            {"type":"function_call","call_id":"c","name":"times","arguments":"{}"},
            {"type":"function_call_output","call_id":"c","output":[{"type":"input_text","text":"42"}]},
            {"type":"message","role":"assistant","content":[{"type":"output_text","text":"It is 42."}]},
            {"role":"user","content":"Thanks."}]})",
                  {{Role::user, "6 x 7?"},
                   {Role::user, "42"},
                   {Role::assistant, "It is 42."},
                   {Role::user, "Thanks."}},
                  "Thanks."}};
    for (const auto& each : cases) {
        api::Fields fields(each.body, true);
        const Chat chat = chat_of_input(fields);
        EXPECT_TRUE(fields.done().ok()) << fields.done().message() << each.body;
        std::vector<std::pair<Role, std::string>> read;
        for (const Message& message : chat.messages) read.emplace_back(message.role, message.text);
        EXPECT_EQ(read, each.read) << each.body;
        EXPECT_EQ(chat.question, each.question) << each.body;
    }
}

TEST(OpenAiTest, FormsOfTextAreGrammars) {
    const struct {
        const char* body;
        const char* field;
        const char* says;  // of the failure; "": none
        bool grammar;
    } cases[] = {
        {R"({})", "response_format", "", false},
        {R"({"response_format":null})", "response_format", "", false},
        {R"({"response_format":{"type":"text"}})", "response_format", "", false},
        {R"({"response_format":{"type":"json_object"}})", "response_format", "", true},
        {R"({"response_format":{"type":"json_object","schema":{"type":"null"}}})",
         "response_format", "", true},
        {R"({"response_format":{"type":"json_schema","json_schema":{"schema":{"type":"null"}}}})",
         "response_format", "", true},
        {R"({"text":{"verbosity":"low"}})", "text", "", false},
        {R"({"text":{"format":null}})", "text", "", false},
        {R"({"text":{"format":{"type":"json_schema","name":"it","schema":{"type":"null"}}}})",
         "text", "", true},
        {R"({"text":{"format":{"type":"json_schema","name":"it"}}})", "text", "no 'schema'", false},
        {R"({"text":"plain"})", "text", "must be of the type", false},
        {R"({"response_format":{"type":"json_schema","json_schema":{"schema":{"pattern":"x"}}}})",
         "response_format", "'pattern'", false},
        {R"({"response_format":{"type":"grammar"}})", "response_format", "must be of the type",
         false}};
    for (const auto& each : cases) {
        api::Fields fields(each.body, true);
        const TextForm form = text_form(fields, each.field);
        EXPECT_EQ(fields.done().ok(), *each.says == '\0') << each.body << fields.done().message();
        EXPECT_NE(fields.done().message().find(each.says), std::string::npos) << each.body;
        EXPECT_EQ(!form.grammar.empty(), each.grammar) << each.body;
    }
}

TEST(OpenAiTest, NumbersForOtherModelsAreBroughtIntoTheLimits) {
    const struct {
        const char* body;
        std::uint32_t tokens;
        float temperature;
        float top_p;
        std::uint64_t seed;
    } cases[] = {{R"({})", 256, 0, 1, 0},
                 {R"({"max_tokens":12})", 12, 0, 1, 0},
                 {R"({"max_tokens":12.0})", 12, 0, 1, 0},
                 {R"({"max_tokens":4096})", 1024, 0, 1, 0},
                 {R"({"max_tokens":1e12})", 1024, 0, 1, 0},
                 {R"({"max_tokens":18446744073709551615})", 1024, 0, 1, 0},
                 {R"({"max_completion_tokens":32000})", 1024, 0, 1, 0},
                 {R"({"max_completion_tokens":5,"max_tokens":6})", 5, 0, 1, 0},
                 {R"({"max_completion_tokens":null,"max_tokens":6})", 6, 0, 1, 0},
                 {R"({"max_tokens":-1})", 256, 0, 1, 0},
                 {R"({"max_tokens":0})", 256, 0, 1, 0},
                 {R"({"max_completion_tokens":-2})", 256, 0, 1, 0},
                 {R"({"max_tokens":null,"temperature":null,"top_p":null,"seed":null,"stop":null})",
                  256, 0, 1, 0},
                 {R"({"temperature":0.7,"top_p":0.9,"seed":7})", 256, 0.7F, 0.9F, 7},
                 {R"({"temperature":5,"top_p":1.5,"seed":-1})", 256, 2, 1, 0},
                 {R"({"temperature":-1,"top_p":-1,"seed":-9223372036854775808})", 256, 0, 1, 0},
                 {R"({"seed":18446744073709551615})", 256, 0, 1, std::uint64_t{1} << 62U},
                 {R"({"seed":9007199254740993})", 256, 0, 1, 9007199254740993}};
    for (const auto& each : cases) {
        api::Fields fields(each.body, true);
        const GenerateOptions options = generate_options(fields, 1024);
        EXPECT_TRUE(fields.done().ok()) << each.body << fields.done().message();
        EXPECT_EQ(options.max_tokens, each.tokens) << each.body;
        EXPECT_EQ(options.temperature, each.temperature) << each.body;
        EXPECT_EQ(options.top_p, each.top_p) << each.body;
        EXPECT_EQ(options.seed, each.seed) << each.body;
    }
    for (const char* body : {R"({"max_tokens":"12"})", R"({"max_tokens":1.5})", R"({"seed":"x"})",
                             R"({"temperature":"hot"})", R"({"top_p":[]})", R"({"stop":7})"}) {
        api::Fields fields(body, true);
        (void)generate_options(fields, 1024);
        EXPECT_FALSE(fields.done().ok()) << body;
    }
}

TEST(OpenAiTest, AnEmptyStopIsAsLeftOut) {
    const std::pair<const char*, std::vector<std::string>> cases[] = {
        {R"({"stop":""})", {}},
        {R"({"stop":[]})", {}},
        {R"({"stop":["",""]})", {}},
        {R"({"stop":["a","","b"]})", {"a", "b"}},
        {R"({"stop":"a"})", {"a"}}};
    for (const auto& [body, texts] : cases) {
        api::Fields fields(body, true);
        EXPECT_EQ(generate_options(fields, 1024).stop_texts, texts) << body;
        EXPECT_TRUE(fields.done().ok()) << body;
    }
}

TEST(OpenAiTest, EmptyTextsAreNotEmbedded) {
    const std::pair<const char*, std::size_t> cases[] = {
        {R"({"input":"a"})", 1},   {R"({"input":["a","b"]})", 2}, {R"({"input":" "})", 1},
        {R"({"input":""})", 0},    {R"({"input":["a",""]})", 0},  {R"({"input":[[1,2]]})", 0},
        {R"({"input":[1,2]})", 0}, {R"({"input":7})", 0},         {R"({})", 0}};
    for (const auto& [body, count] : cases) {
        api::Fields fields(body, true);
        const auto inputs = embedding_inputs(fields);
        EXPECT_EQ(fields.done().ok(), count > 0) << body;
        if (count > 0) {
            EXPECT_EQ(inputs.size(), count) << body;
        }
    }
}

TEST(OpenAiTest, AFailureNamesItsFieldWhateverItSays) {
    const auto parameter = [](const Response& failed) {
        return boost::json::parse(as_openai_error(failed).body).at("error").at("param");
    };
    api::Fields fields(R"({"n": "many"})", true);
    (void)fields.count("n", 1, 1, 128);
    ASSERT_FALSE(fields.done().ok());
    EXPECT_EQ(parameter(problem(fields.done(), fields.place())), "n");
    EXPECT_EQ(parameter(problem(400, "context_length_exceeded", "too long", "input")), "input");
    // The words of a message are no field.
    EXPECT_TRUE(
        parameter(problem(404, "not_found", "the field 'x' of corn is not here")).is_null());
    const Response fine{200, "application/json", "{}", {}};
    EXPECT_EQ(as_openai_error(fine).body, "{}");
}

TEST(OpenAiTest, PathsAreKnownWithAsManySlashesAsTheyHave) {
    for (const char* target : {"/v1/models", "//v1/models", "/v1//models", "/v1/"})
        EXPECT_TRUE(is_openai_path(target)) << target;
    for (const char* target : {"/", "", "/v1", "/v10/x", "/collections/v1/", "/mcp"})
        EXPECT_FALSE(is_openai_path(target)) << target;
}

}  // namespace
}  // namespace lectern::server
