// apps/server/api/openapi.hpp: the description of the interface: openapi.json, built into the
// program, with the fields that api/ describes. Safe from any thread.
#pragma once

#include <string>
#include <string_view>

#include "api/requests.hpp"

namespace lectern::server {

// Of a server with these limits. `keys`: requests need one.
[[nodiscard]] std::string openapi_text(bool keys, const api::SearchLimits& limits);

// openapi.json. In it {"x-lectern-fields": "search delivery"} stands for the fields of these tables
// (api::fields_named): as a schema, as the parameters of a GET, and among properties; and
// {"x-lectern-result": "hit"} for that result (api::result_named).
[[nodiscard]] std::string_view openapi_paths() noexcept;

}  // namespace lectern::server
