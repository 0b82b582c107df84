// apps/server/api/openapi.hpp: the description of the interface, openapi.json, built into the
// program.
#pragma once

#include <string_view>

namespace lectern::server {

[[nodiscard]] std::string_view openapi_text() noexcept;

}  // namespace lectern::server
