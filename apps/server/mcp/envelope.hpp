// apps/server/mcp/envelope.hpp: what revision 2026-07-28 of the Model Context Protocol puts around
// each request: its revision and the client's capabilities in `_meta`, and over HTTP headers that
// say the same. Before it a conversation began with `initialize` once.
#pragma once

#include <boost/json.hpp>
#include <optional>
#include <string_view>

#include "apps/server/http/message.hpp"

namespace lectern::server::mcp {

inline constexpr std::string_view newest_version = "2026-07-28";

// A failure of a request as JSON-RPC has it.
struct Refusal {
    int code = 0;
    std::string_view message;
    boost::json::value data = nullptr;  // null: none
};

// Whether the request says its revision itself.
[[nodiscard]] bool has_envelope(const boost::json::object& parameters) noexcept;
// What is missing in it, or is of another revision.
[[nodiscard]] std::optional<Refusal> refuse_envelope(const boost::json::object& parameters);
// Headers that say something else than the message, which proxies would believe.
[[nodiscard]] std::optional<Refusal> refuse_headers(const Request& request,
                                                    const boost::json::object& message);
// The status of a response over HTTP that has this failure.
[[nodiscard]] unsigned status_of(int code) noexcept;

// Whether the newest revision has taken the method out.
[[nodiscard]] bool is_of_older_revisions(std::string_view method) noexcept;
// Adds what the newest revision has in each result: its type, who gave it, how long it holds.
void complete_result(std::string_view method, boost::json::object& result);

}  // namespace lectern::server::mcp
