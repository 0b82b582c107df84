// apps/server/mcp/schemas.hpp: apps/server/mcp/tools.json, built in.
#pragma once

#include <string_view>

namespace lectern::server::mcp {

[[nodiscard]] std::string_view tool_schemas() noexcept;

}  // namespace lectern::server::mcp
