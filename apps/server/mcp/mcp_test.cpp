// The protocol without a transport and without documents: what each message is answered.
#include <gtest/gtest.h>

#include <string>

#include "apps/server/mcp/protocol.hpp"

namespace lectern::server::mcp {
namespace {

namespace json = boost::json;

Sources nothing() {
    Sources out;
    out.names = [] { return std::vector<std::string>{}; };
    out.get = [](const std::string& name) -> Result<CollectionPointer> {
        return Status{Code::not_found, "there is no collection '" + name + "'"};
    };
    return out;
}

TEST(McpTest, AgreesOnTheClientsVersionOrOffersTheNewest) {
    for (const auto& [asked, expected] :
         {std::pair<std::string, std::string>{"2025-03-26", "2025-03-26"},
          {"2025-11-25", "2025-11-25"},
          {"1999-01-01", "2025-11-25"}}) {
        const auto got = answer(
            R"({"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":")" +
                asked + R"("}})",
            nothing());
        ASSERT_TRUE(got);
        EXPECT_EQ(std::string_view(got->at("result").at("protocolVersion").as_string()), expected);
        EXPECT_TRUE(got->at("result").at("capabilities").as_object().contains("tools"));
    }
}

TEST(McpTest, NotificationsAndResponsesAreNotAnswered) {
    for (const char* message :
         {R"({"jsonrpc":"2.0","method":"notifications/initialized"})",
          R"({"jsonrpc":"2.0","method":"no/such"})", R"({"jsonrpc":"2.0","id":1,"result":{}})"})
        EXPECT_FALSE(answer(message, nothing())) << message;
}

TEST(McpTest, WrongMessagesHaveTheCodesOfJsonRpc) {
    struct Case {
        std::string message;
        int code;
    };
    for (const Case& each : {
             Case{"{", -32700},
             Case{"[]", -32600},
             Case{R"({"id":1,"method":"ping"})", -32600},
             Case{R"({"jsonrpc":"2.0","id":{},"method":"ping"})", -32600},
             Case{R"({"jsonrpc":"2.0","id":1,"method":"resources/list"})", -32601},
             Case{R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":[]})", -32602},
             Case{R"({"jsonrpc":"2.0","id":1,"method":"tools/call"})", -32602},
             Case{R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x"}})",
                  -32602},
         }) {
        const auto got = answer(each.message, nothing());
        ASSERT_TRUE(got) << each.message;
        EXPECT_EQ(got->at("error").at("code"), each.code) << each.message;
    }
}

TEST(McpTest, ABatchIsAnsweredTogether) {
    const auto got = answer(
        R"([{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","method":"notifications/x"},
            7, {"jsonrpc":"2.0","id":"b","method":"none"}])",
        nothing());
    ASSERT_TRUE(got);
    ASSERT_EQ(got->as_array().size(), 3U);
    EXPECT_EQ(got->at(0).at("id"), 1);
    EXPECT_EQ(got->at(1).at("error").at("code"), -32600);
    EXPECT_EQ(got->at(2).at("id"), "b");
    EXPECT_FALSE(answer(R"([{"jsonrpc":"2.0","method":"notifications/x"}])", nothing()));
    std::string many = "[1";
    for (int i = 0; i < 32; ++i) many += ",1";
    EXPECT_EQ(answer(many + "]", nothing())->at("error").at("code"), -32600);
}

TEST(McpTest, OnlyWhatIsNoMessageIsARequestThatFailed) {
    EXPECT_TRUE(is_no_message(*answer("{", nothing())));
    EXPECT_TRUE(is_no_message(*answer("[]", nothing())));
    EXPECT_FALSE(is_no_message(*answer(R"({"jsonrpc":"2.0","id":1,"method":"none"})", nothing())));
    EXPECT_FALSE(is_no_message(*answer("[1]", nothing())));
}

TEST(McpTest, OnlyAnAskIsForTheGeneratorsThreads) {
    const std::string ask = R"({"method":"tools/call","params":{"name":"ask"}})";
    const std::string search = R"({"method":"tools/call","params":{"name":"search"}})";
    EXPECT_TRUE(asks_for_text(ask));
    EXPECT_TRUE(asks_for_text("[" + search + "," + ask + "]"));
    EXPECT_FALSE(asks_for_text(search));
    EXPECT_FALSE(asks_for_text("{"));
    EXPECT_FALSE(asks_for_text(R"({"method":"ping","params":["ask"]})"));
}

TEST(McpTest, EveryToolThatIsListedIsThereAndDescribed) {
    ASSERT_EQ(tool_list().size(), 4U);
    for (const json::value& tool : tool_list()) {
        EXPECT_FALSE(tool.at("description").as_string().empty());
        EXPECT_EQ(tool.at("inputSchema").at("type"), "object");
        EXPECT_TRUE(call_tool(tool.at("name").as_string(), {}, nothing()));
    }
}

TEST(McpTest, AFailureOfAToolIsAResultThatSaysWhy) {
    const auto got = call_tool("search", {{"query", "x"}, {"limit", 3}}, nothing());
    ASSERT_TRUE(got);
    EXPECT_EQ(got->at("isError"), true);
    EXPECT_NE(got->at("content").at(0).at("text").as_string().find("limit"), json::string::npos);
    EXPECT_FALSE(got->contains("structuredContent"));
}

}  // namespace
}  // namespace lectern::server::mcp
