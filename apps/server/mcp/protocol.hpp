// apps/server/mcp/protocol.hpp: the Model Context Protocol (https://modelcontextprotocol.io,
// revisions 2024-11-05 to 2026-07-28), apart from how messages travel: one JSON-RPC message (or a
// batch of them) in, at most one out. Nothing is kept between messages.
#pragma once

#include <boost/json.hpp>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "apps/server/api/scope.hpp"
#include "apps/server/mcp/envelope.hpp"
#include "apps/server/mcp/logging.hpp"
#include "apps/server/work/collections.hpp"

namespace lectern::server::mcp {

// The collections that the caller may read.
struct Sources {
    std::function<std::vector<std::string>()> names;
    std::function<Result<CollectionPointer>(const std::string& name)> get;
    // Whether the caller may store files in a collection of this name, which get() has given it.
    // Empty: nothing is stored for this caller, who is told of no tool that does it.
    std::function<bool(const std::string& name)> may_write = {};
    // A file of this machine by the path that the caller gives. Empty: there are none.
    std::function<Result<std::filesystem::path>(const std::string& path)> file_at = {};
    // Who asks; nullptr: who may see everything. Outlives the request.
    const Key* key = nullptr;
    std::size_t most_hits = 100;
    std::stop_token stop = {};
    std::optional<std::chrono::milliseconds> search_time = {};
    std::optional<std::chrono::milliseconds> answer_time = {};
    // Takes what is told while a request is worked on, in the request's thread. Empty: nothing is.
    std::function<void(const boost::json::object& notification)> notify = {};
    // What is logged to the client, from this level on, where something keeps it (`stays`:
    // logging/setLevel is there). A request of the newest revision says its own.
    std::optional<Level> log_level = {};
    bool stays = false;
    // Older revisions: takes a subscription, or its end; false: there are too many. Empty: there
    // are none.
    std::function<bool(const std::string& uri, bool wanted)> subscribe = {};
    // Changes of documents can be listened to (subscriptions/listen).
    bool listens = false;
    // The transport said that the request is of the newest revision.
    bool newest = false;

    void log(Level level, const std::function<boost::json::value()>& data) const {
        if (notify && log_level && level >= *log_level) notify(log_message(level, data()));
    }
};

// Of revision 2025-03-26, which has batches.
inline constexpr std::size_t most_of_a_batch = 32;

[[nodiscard]] bool knows_version(std::string_view version) noexcept;

// The response to a message; nothing when it is a notification or a response.
[[nodiscard]] std::optional<boost::json::value> answer(std::string_view message,
                                                       const Sources& sources);
// The same of one that has been parsed.
[[nodiscard]] std::optional<boost::json::value> answer_message(const boost::json::value& message,
                                                               const Sources& sources);
// Whether that response says that what came was no message at all.
[[nodiscard]] bool is_no_message(const boost::json::value& answer) noexcept;
// The same of one message that was parsed, and is no batch.
[[nodiscard]] std::optional<boost::json::object> answer_one(const boost::json::value& message,
                                                            const Sources& sources);
// The response to a request that is refused for what stands around it.
[[nodiscard]] boost::json::object refused(const boost::json::value& id, const Refusal& why);
// The response to a request that cannot be taken now.
[[nodiscard]] boost::json::object too_busy(const boost::json::value& id);
// The response to a message of another revision; the id of the request when it has one.
[[nodiscard]] boost::json::object wrong_version(const boost::json::value& message,
                                                std::string_view version);

// Whether the message, or one of the batch, calls a tool or reads documents: all else is answered
// at once.
[[nodiscard]] bool calls_tool(const boost::json::value& message);
// The id of the request that a notification cancels.
[[nodiscard]] std::optional<boost::json::value> cancelled_request(
    const boost::json::value& message);
// The level that a request sets for what is logged to its client; a failure's message is not here:
// answer_one() says it.
[[nodiscard]] std::optional<Level> sets_level(const boost::json::value& message);
// Whether the message, or one of the batch, is a request to initialize.
[[nodiscard]] bool initializes(const boost::json::value& message);
// Whether the tool `ask` is called, which may take a generator's time.
[[nodiscard]] bool asks_for_text(const boost::json::value& message);
// Whether a tool is called that stores something.
[[nodiscard]] bool stores(const boost::json::value& message);

// ------------------------------------------------------------------ the tools

// What tools/list tells of them to this caller.
[[nodiscard]] boost::json::array tool_list(const Sources& sources);
// How far a tool is, in words.
using Progress = std::function<void(std::string_view message)>;
// The result of tools/call: `isError` and the reason when the tool failed. nullopt: no such tool.
[[nodiscard]] std::optional<boost::json::object> call_tool(std::string_view name,
                                                           boost::json::object arguments,
                                                           const Sources& sources,
                                                           const Progress& progress = {});

}  // namespace lectern::server::mcp
