#include "apps/server/mcp/logging.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace lectern::server::mcp {
namespace {

namespace json = boost::json;

constexpr std::array<std::string_view, 8> level_names{"debug", "info",     "notice", "warning",
                                                      "error", "critical", "alert",  "emergency"};

}  // namespace

std::optional<Level> level_named(std::string_view name) noexcept {
    const auto found = std::find(level_names.begin(), level_names.end(), name);
    if (found == level_names.end()) return {};
    return static_cast<Level>(found - level_names.begin());
}

std::optional<Level> level_of(const json::object& parameters) noexcept {
    const json::value* meta = parameters.if_contains("_meta");
    const json::object* known = meta == nullptr ? nullptr : meta->if_object();
    const json::value* level =
        known == nullptr ? nullptr : known->if_contains("io.modelcontextprotocol/logLevel");
    if (level == nullptr || !level->is_string()) return {};
    return level_named(level->get_string());
}

json::object log_message(Level level, json::value data) {
    return {{"jsonrpc", "2.0"},
            {"method", "notifications/message"},
            {"params", json::object{{"level", level_names[static_cast<std::size_t>(level)]},
                                    {"logger", "lectern"},
                                    {"data", std::move(data)}}}};
}

}  // namespace lectern::server::mcp
