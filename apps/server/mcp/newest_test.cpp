// Revision 2026-07-28: what stands around a request; and what is logged to a client.
#include <gtest/gtest.h>

#include <mutex>
#include <string>
#include <vector>

#include "apps/server/mcp/conversation.hpp"
#include "apps/server/mcp/envelope.hpp"
#include "apps/server/mcp/logging.hpp"
#include "apps/server/mcp/protocol.hpp"

namespace lectern::server::mcp {
namespace {

namespace json = boost::json;

Sources no_collections() {
    Sources out;
    out.names = [] { return std::vector<std::string>{}; };
    out.get = [](const std::string& name) -> Result<CollectionPointer> {
        return Status{Code::not_found, "there is no collection '" + name + "'"};
    };
    return out;
}

// A request with the envelope; `more` are other parameters.
json::object newest(std::string_view method, json::object more = {},
                    std::string_view version = newest_version) {
    more["_meta"] = json::object{{"io.modelcontextprotocol/protocolVersion", version},
                                 {"io.modelcontextprotocol/clientCapabilities", json::object{}}};
    return {{"jsonrpc", "2.0"}, {"id", 1}, {"method", method}, {"params", std::move(more)}};
}

TEST(NewestTest, DiscoverSaysWhatThereIs) {
    Sources sources = no_collections();
    sources.listens = true;
    const auto got = answer_one(newest("server/discover"), sources);
    ASSERT_TRUE(got);
    const json::object& result = got->at("result").as_object();
    EXPECT_EQ(result.at("supportedVersions").as_array().back(), "2026-07-28");
    EXPECT_EQ(result.at("capabilities").at("resources").at("subscribe"), true);
    EXPECT_EQ(result.at("resultType"), "complete");
    EXPECT_EQ(result.at("cacheScope"), "public");
    EXPECT_GT(result.at("ttlMs").as_int64(), 0);
    EXPECT_EQ(result.at("_meta").at("io.modelcontextprotocol/serverInfo").at("name"), "lectern");
    // Of an older revision there is no such method, and nothing of this is in a result.
    const auto old = answer_one({{"jsonrpc", "2.0"}, {"id", 1}, {"method", "server/discover"}},
                                no_collections());
    EXPECT_EQ(old->at("error").at("code"), -32601);
    const auto list =
        answer_one({{"jsonrpc", "2.0"}, {"id", 1}, {"method", "tools/list"}}, no_collections());
    EXPECT_FALSE(list->at("result").as_object().contains("resultType"));
}

TEST(NewestTest, RequestsAreRefusedForTheirEnvelope) {
    json::object without = newest("tools/list");
    without["params"].as_object()["_meta"].as_object().erase(
        "io.modelcontextprotocol/clientCapabilities");
    const struct {
        json::object request;
        int code;
    } cases[] = {{newest("tools/list", {}, "2999-01-01"), -32022},
                 {without, -32602},
                 {newest("initialize"), -32601},
                 {newest("ping"), -32601},
                 {newest("logging/setLevel", {{"level", "info"}}), -32601},
                 {newest("resources/subscribe", {{"uri", "x"}}), -32601},
                 {newest("resources/read", {{"uri", "lectern://none/a"}}), -32602}};
    for (const auto& each : cases) {
        const auto got = answer_one(each.request, no_collections());
        ASSERT_TRUE(got);
        EXPECT_EQ(got->at("error").at("code"), each.code) << json::serialize(*got);
    }
    const auto other = answer_one(newest("tools/list", {}, "2999-01-01"), no_collections());
    EXPECT_EQ(other->at("error").at("data"),
              (json::value{{"supported", {"2026-07-28"}}, {"requested", "2999-01-01"}}));
}

TEST(NewestTest, HeadersMustSayWhatTheMessageSays) {
    const json::object call = newest("tools/call", {{"name", "search"}});
    const json::object odd = newest("resources/read", {{"uri", "lectern://n/\xC3\xA9"}});
    const json::object list = newest("tools/list");
    using Headers = std::vector<Header>;
    const Header version{"mcp-protocol-version", "2026-07-28"};
    const struct {
        const json::object& message;
        Headers headers;
        bool refused;
    } cases[] = {
        {list, {version, {"Mcp-Method", "tools/list"}}, false},
        {call, {version, {"Mcp-Method", "tools/call"}, {"Mcp-Name", "search"}}, false},
        {odd,
         {version,
          {"Mcp-Method", "resources/read"},
          {"Mcp-Name", "=?base64?bGVjdGVybjovL24vw6k=?="}},
         false},
        // Base64 with its last groups cut off, and a text that was none.
        {odd,
         {version,
          {"Mcp-Method", "resources/read"},
          {"Mcp-Name", "=?base64?bGVjdGVybjovL24vw6k?="}},
         true},
        {odd,
         {version,
          {"Mcp-Method", "resources/read"},
          {"Mcp-Name", "=?base64?bGVjdGVybjovL24vYWJjZGVmYWJjZGVmYWJjZGV?="}},
         true},
        {call, {version, {"Mcp-Method", "tools/call"}, {"Mcp-Name", "=?base64?\?="}}, true},
        {call, {version, {"Mcp-Method", "tools/call"}, {"Mcp-Name", "=?base64?!?="}}, true},
        {list, {{"Mcp-Method", "tools/list"}}, true},
        {list, {version}, true},
        {list, {version, {"Mcp-Method", "tools/call"}}, true},
        {list, {version, version, {"Mcp-Method", "tools/list"}}, true},
        {list, {{"MCP-Protocol-Version", "2025-11-25"}, {"Mcp-Method", "tools/list"}}, true},
        {call, {version, {"Mcp-Method", "tools/call"}}, true},
        {call, {version, {"Mcp-Method", "tools/call"}, {"Mcp-Name", "ask"}}, true}};
    for (const auto& each : cases) {
        Request request;
        request.headers = each.headers;
        const auto why = refuse_headers(request, each.message);
        EXPECT_EQ(why ? why->code : 0, each.refused ? -32020 : 0) << each.headers.back().value;
    }
    EXPECT_EQ(status_of(-32601), 404U);
    EXPECT_EQ(status_of(-32602), 400U);
    EXPECT_EQ(status_of(-32021), 400U);
    EXPECT_EQ(status_of(-32603), 200U);
}

// What a conversation sent.
struct Sent {
    std::mutex mutex;
    std::vector<json::value> messages;
    Conversation::Send send() {
        return [this](const json::value& message) {
            const std::lock_guard lock(mutex);
            messages.push_back(message);
            return true;
        };
    }
    std::vector<std::string> levels() {
        std::vector<std::string> out;
        for (const json::value& message : messages)
            if (message.as_object().contains("method") &&
                message.at("method") == "notifications/message")
                out.emplace_back(message.at("params").at("level").as_string());
        return out;
    }
};

const char* const failing_call =
    R"({"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"search",)"
    R"("arguments":{"query":"x","collection":"none"}}})";

TEST(LoggingTest, IsFromTheLevelOnThatIsAskedFor) {
    const std::pair<const char*, std::vector<std::string>> cases[] = {
        {nullptr, {}}, {"debug", {"error"}}, {"error", {"error"}}, {"critical", {}}};
    for (const auto& [level, expected] : cases) {
        Sent sent;
        {
            Conversation conversation(no_collections(), sent.send());
            if (level != nullptr)
                conversation.take(
                    R"({"jsonrpc":"2.0","id":1,"method":"logging/setLevel","params":{"level":")" +
                    std::string(level) + "\"}}");
            conversation.take(failing_call);
            conversation.finish();
        }
        EXPECT_EQ(sent.levels(), expected) << (level == nullptr ? "none" : level);
    }
}

TEST(LoggingTest, ALevelThatIsNoneIsRefusedAndTheOldOneStays) {
    Sent sent;
    Conversation conversation(no_collections(), sent.send());
    conversation.take(
        R"({"jsonrpc":"2.0","id":1,"method":"logging/setLevel","params":{"level":"loud"}})");
    conversation.take(
        R"({"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25"}})");
    conversation.finish();
    ASSERT_EQ(sent.messages.size(), 2U);
    EXPECT_EQ(sent.messages[0].at("error").at("code"), -32602);
    EXPECT_TRUE(sent.messages[1].at("result").at("capabilities").as_object().contains("logging"));
    // Over HTTP nobody would keep a level.
    EXPECT_EQ(answer(R"({"jsonrpc":"2.0","id":1,"method":"logging/setLevel",)"
                     R"("params":{"level":"info"}})",
                     no_collections())
                  ->at("error")
                  .at("code"),
              -32601);
}

TEST(LoggingTest, ARequestOfTheNewestRevisionSaysItsOwn) {
    for (const auto& [level, count] :
         {std::pair<const char*, std::size_t>{"error", 1}, {"alert", 0}, {"", 0}}) {
        json::object request =
            newest("tools/call",
                   {{"name", "search"}, {"arguments", {{"query", "x"}, {"collection", "none"}}}});
        if (*level != 0)
            request["params"].as_object()["_meta"].as_object()["io.modelcontextprotocol/logLevel"] =
                level;
        std::size_t told = 0;
        Sources sources = no_collections();
        sources.notify = [&told](const json::object&) { ++told; };
        ASSERT_TRUE(answer_one(request, sources));
        EXPECT_EQ(told, count) << level;
    }
}

}  // namespace
}  // namespace lectern::server::mcp
