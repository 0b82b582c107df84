// apps/server/mcp/protocol.hpp: the Model Context Protocol (https://modelcontextprotocol.io,
// revisions 2024-11-05 to 2025-11-25), apart from how messages travel: one JSON-RPC message (or a
// batch of them) in, at most one out. Nothing is kept between messages.
#pragma once

#include <boost/json.hpp>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "apps/server/work/collections.hpp"

namespace lectern::server::mcp {

// The collections that the caller may read.
struct Sources {
    std::function<std::vector<std::string>()> names;
    std::function<Result<CollectionPointer>(const std::string& name)> get;
    std::size_t most_hits = 100;
    std::stop_token stop = {};
    std::optional<std::chrono::milliseconds> search_time = {};
    std::optional<std::chrono::milliseconds> answer_time = {};
};

[[nodiscard]] bool knows_version(std::string_view version) noexcept;

// The response to a message; nothing when it is a notification or a response.
[[nodiscard]] std::optional<boost::json::value> answer(std::string_view message,
                                                       const Sources& sources);
// Whether that response says that what came was no message at all.
[[nodiscard]] bool is_no_message(const boost::json::value& answer) noexcept;
// Whether the tool `ask` is called, which may take a generator's time.
[[nodiscard]] bool asks_for_text(std::string_view message);

// ------------------------------------------------------------------ the tools

// What tools/list tells of them.
[[nodiscard]] const boost::json::array& tool_list();
// The result of tools/call: `isError` and the reason when the tool failed. nullopt: no such tool.
[[nodiscard]] std::optional<boost::json::object> call_tool(std::string_view name,
                                                           boost::json::object arguments,
                                                           const Sources& sources);

}  // namespace lectern::server::mcp
