// apps/server/mcp/logging.hpp: what a client is told beside its results (notifications/message),
// from the level on that it has asked for.
#pragma once

#include <boost/json.hpp>
#include <optional>
#include <string_view>

namespace lectern::server::mcp {

// The levels of RFC 5424, as the protocol names them, the least important first.
enum class Level { debug, info, notice, warning, error, critical, alert, emergency };

[[nodiscard]] std::optional<Level> level_named(std::string_view name) noexcept;
// That of a request of the newest revision, which says it itself; nothing: it wants to hear none.
[[nodiscard]] std::optional<Level> level_of(const boost::json::object& parameters) noexcept;
[[nodiscard]] boost::json::object log_message(Level level, boost::json::value data);

}  // namespace lectern::server::mcp
