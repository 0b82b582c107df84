// The protocol without a transport and without documents: what each message is answered.
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

#include "apps/server/mcp/conversation.hpp"
#include "apps/server/mcp/protocol.hpp"
#include "apps/server/mcp/resources.hpp"

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

TEST(McpTest, AddressesOfResourcesKeepTheirIds) {
    EXPECT_EQ(resource_uri("notes", "a/b c.md"), "lectern://notes/a/b%20c.md");
    EXPECT_EQ(resource_uri("n", "\xC3\xA9?#%"), "lectern://n/%C3%A9%3F%23%25");
}

TEST(McpTest, NotificationsAndResponsesAreNotAnswered) {
    for (const char* message :
         {R"({"jsonrpc":"2.0","method":"notifications/initialized"})",
          R"({"jsonrpc":"2.0","method":"no/such"})", R"({"jsonrpc":"2.0","id":1,"result":{}})",
          R"({"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"x"}})"})
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
             Case{R"({"jsonrpc":"2.0","id":1,"method":"ping","result":{}})", -32600},
             Case{R"({"jsonrpc":"2.0","id":1,"method":"ping","error":{},"result":{}})", -32600},
             Case{R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":null})", -32602},
             Case{R"({"jsonrpc":"2.0","id":1,"method":"resources/subscribe"})", -32601},
             Case{R"({"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":"x"}})",
                  -32002},
             Case{R"({"jsonrpc":"2.0","id":1,"method":"resources/list","params":{"cursor":"x"}})",
                  -32602},
             Case{R"({"jsonrpc":"2.0","id":1,"method":"prompts/get","params":{"name":"x"}})",
                  -32602},
             Case{R"({"jsonrpc":"2.0","id":1,"method":"completion/complete"})", -32602},
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

TEST(McpTest, NullIsAsLeftOut) {
    for (
        const char* message :
        {R"({"jsonrpc":"2.0","id":1,"method":"ping","params":null})",
         R"({"jsonrpc":"2.0","id":1,"method":"tools/list","params":null})",
         R"({"jsonrpc":"2.0","id":1,"method":"initialize","params":null})",
         R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"list_collections","arguments":null}})",
         R"({"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"list_collections","_meta":null}})"}) {
        const auto got = answer(message, nothing());
        ASSERT_TRUE(got) << message;
        EXPECT_TRUE(got->as_object().contains("result")) << json::serialize(*got);
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

TEST(McpTest, AMessageIsForTheThreadsThatItsToolsNeed) {
    const std::string ask = R"({"method":"tools/call","params":{"name":"ask"}})";
    const std::string add = R"({"method":"tools/call","params":{"name":"add_file"}})";
    const std::string search = R"({"method":"tools/call","params":{"name":"search"}})";
    struct {
        std::string message;
        bool asks;    // for the generator's
        bool stores;  // for those that store
    } const cases[] = {
        {ask, true, false},
        {add, false, true},
        {search, false, false},
        {"[" + search + "," + ask + "]", true, false},
        {"[" + search + "," + add + "]", false, true},
        {"[" + ask + "," + add + "]", true, true},
        {"null", false, false},
        {R"({"method":"ping","params":["ask"]})", false, false},
    };
    for (const auto& each : cases) {
        EXPECT_EQ(asks_for_text(json::parse(each.message)), each.asks) << each.message;
        EXPECT_EQ(stores(json::parse(each.message)), each.stores) << each.message;
    }
}

TEST(McpTest, EveryToolThatIsListedIsThereAndDescribed) {
    Sources writer = nothing();
    writer.may_write = [](const std::string&) { return true; };
    ASSERT_EQ(tool_list(nothing()).size(), 4U);
    ASSERT_EQ(tool_list(writer).size(), 5U);
    for (const json::value& tool : tool_list(writer)) {
        EXPECT_FALSE(tool.at("description").as_string().empty());
        EXPECT_EQ(tool.at("inputSchema").at("type"), "object");
        EXPECT_TRUE(call_tool(tool.at("name").as_string(), {}, nothing()));
    }
}

TEST(McpTest, AFileByItsPathIsOfferedWhereThereAreFolders) {
    Sources writer = nothing();
    writer.may_write = [](const std::string&) { return true; };
    const auto takes_path = [](const Sources& sources) {
        for (const json::value& tool : tool_list(sources))
            if (tool.at("name") == "add_file")
                return tool.at("inputSchema").at("properties").as_object().contains("path");
        return false;
    };
    EXPECT_FALSE(takes_path(writer));
    const auto refused = call_tool("add_file", {{"path", "m/a.txt"}}, writer);
    EXPECT_NE(refused->at("content").at(0).at("text").as_string().find("in its place 'text'"),
              json::string::npos);
    writer.file_at = [](const std::string&) -> Result<std::filesystem::path> {
        return Status{Code::not_found, "no file"};
    };
    EXPECT_TRUE(takes_path(writer));
}

TEST(McpTest, AFileIsGivenInOneWayAndWithAName) {
    Sources writer = nothing();
    writer.may_write = [](const std::string&) { return true; };
    struct {
        json::object arguments;
        const char* says;
    } const cases[] = {
        {{{"name", "a.txt"}}, "'content' must hold the file"},
        {{{"name", "a.txt"}, {"content", ""}}, "'content' must hold the file"},
        {{{"name", "a.txt"}, {"content", "eA=="}, {"text", "x"}}, "only one of them"},
        {{{"text", "x"}}, "'name' must be the file's name"},
        {{{"name", "a.txt"}, {"text", "x"}, {"file", "y"}}, "'file' is unknown"},
        // Whole, so the first thing that is missing is the collection.
        {{{"name", "a.txt"}, {"text", "x"}}, "there is no collection yet"},
    };
    for (const auto& each : cases) {
        const auto got = call_tool("add_file", each.arguments, writer);
        ASSERT_TRUE(got);
        EXPECT_EQ(got->at("isError"), true);
        const json::string& text = got->at("content").at(0).at("text").as_string();
        EXPECT_NE(text.find(each.says), json::string::npos) << text;
    }
}

TEST(McpTest, AFailureOfAToolIsAResultThatSaysWhy) {
    const auto got = call_tool("search", {{"query", "x"}, {"limit", 3}}, nothing());
    ASSERT_TRUE(got);
    EXPECT_EQ(got->at("isError"), true);
    EXPECT_NE(got->at("content").at(0).at("text").as_string().find("limit"), json::string::npos);
    EXPECT_FALSE(got->contains("structuredContent"));
}

// Messages that were sent to the client; waits for them.
class Client {
 public:
    [[nodiscard]] Conversation::Send send() {
        return [this](const json::value& message) {
            const std::lock_guard lock(mutex_);
            messages_.push_back(message);
            changed_.notify_all();
            return !gone_;
        };
    }
    // The first `count` messages, when they have come.
    [[nodiscard]] std::vector<json::value> first(std::size_t count) {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [&] { return messages_.size() >= count; });
        return messages_;
    }
    [[nodiscard]] std::vector<json::value> all() {
        const std::lock_guard lock(mutex_);
        return messages_;
    }
    void go() {
        const std::lock_guard lock(mutex_);
        gone_ = true;
    }

 private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<json::value> messages_;
    bool gone_ = false;
};

// Sources whose list of collections waits until it is let go or its request is cancelled.
struct Held {
    std::mutex mutex;
    std::condition_variable_any changed;
    bool released = false;
    std::atomic<int> began{0};

    void release() {
        const std::lock_guard lock(mutex);
        released = true;
        changed.notify_all();
    }
    Sources sources() {
        Sources out = nothing();
        out.names = [this] {
            std::unique_lock lock(mutex);
            ++began;
            changed.notify_all();
            changed.wait(lock, [this] { return released; });
            return std::vector<std::string>{};
        };
        return out;
    }
    void wait_for(int count) {
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return began >= count; });
    }
};

std::string call(int id) {
    return R"({"jsonrpc":"2.0","id":)" + std::to_string(id) +
           R"(,"method":"tools/call","params":{"name":"list_collections"}})";
}

TEST(ConversationTest, APingIsAnsweredDuringACall) {
    Client client;
    Held held;
    Conversation conversation(held.sources(), client.send());
    EXPECT_TRUE(conversation.take(call(1)));
    held.wait_for(1);
    EXPECT_TRUE(conversation.take(R"({"jsonrpc":"2.0","id":2,"method":"ping"})"));
    EXPECT_EQ(client.first(1).at(0).at("id"), 2);
    // A call beside the other, too.
    EXPECT_TRUE(conversation.take(call(3)));
    held.wait_for(2);
    held.release();
    conversation.finish();
    ASSERT_EQ(client.all().size(), 3U);
}

TEST(ConversationTest, WhatIsCancelledIsNotAnswered) {
    Client client;
    Held held;
    Conversation conversation(held.sources(), client.send());
    EXPECT_TRUE(conversation.take(call(1)));
    EXPECT_TRUE(conversation.take("[" + call(2) + "," + call(3) + "]"));
    held.wait_for(2);
    const auto cancel = [&](const char* id) {
        return conversation.take(
            std::string(
                R"({"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":)") +
            id + "}}");
    };
    // Those that nobody asked are passed over.
    for (const char* id : {"1", "3", "7", "\"1\"", "null"}) EXPECT_TRUE(cancel(id));
    held.release();
    conversation.finish();
    const auto said = client.all();
    ASSERT_EQ(said.size(), 1U) << json::serialize(json::value_from(said));
    ASSERT_EQ(said.at(0).as_array().size(), 1U);
    EXPECT_EQ(said.at(0).at(0).at("id"), 2);
}

TEST(ConversationTest, TheEndWaitsForWhatWasAskedAndTooMuchIsRefused) {
    Client client;
    Held held;
    Conversation conversation(held.sources(), client.send());
    constexpr int most = Conversation::workers + Conversation::most_waiting;
    for (int id = 0; id < static_cast<int>(Conversation::workers); ++id)
        EXPECT_TRUE(conversation.take(call(id)));
    held.wait_for(Conversation::workers);
    for (int id = Conversation::workers; id < most + 2; ++id)
        EXPECT_TRUE(conversation.take(call(id)));
    for (const json::value& refused : client.first(2))
        EXPECT_EQ(refused.at("error").at("code"), -32000);
    held.release();
    conversation.finish();
    EXPECT_EQ(client.all().size(), static_cast<std::size_t>(most + 2));
}

TEST(ConversationTest, EndsWhenTheClientHasGone) {
    Client client;
    Held held;
    Conversation conversation(held.sources(), client.send());
    client.go();
    EXPECT_TRUE(conversation.take(call(1)));
    held.wait_for(1);
    held.release();
    conversation.finish();
    EXPECT_FALSE(conversation.take(R"({"jsonrpc":"2.0","id":2,"method":"ping"})"));
}

TEST(ConversationTest, LinesThatAreNoMessagesAreToldSo) {
    Client client;
    Conversation conversation(nothing(), client.send());
    for (const char* line : {"", " \r", "{", "[]", "7"}) EXPECT_TRUE(conversation.take(line));
    conversation.finish();
    const auto said = client.all();
    ASSERT_EQ(said.size(), 3U);
    EXPECT_EQ(said.at(0).at("error").at("code"), -32700);
    EXPECT_EQ(said.at(1).at("error").at("code"), -32600);
}

}  // namespace
}  // namespace lectern::server::mcp
