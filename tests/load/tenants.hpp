// tests/load/tenants.hpp: what one key feels of another that asks for all it can.
#pragma once

#include <boost/json.hpp>
#include <filesystem>
#include <string>
#include <vector>

namespace lectern::load {

// A server of its own below `folder` with two keys. A few clients of one search alone, beside many
// of the other, and alone again; each for `seconds`. {"alone": {p50 and p99}, "beside_a_flood":
// {those and "p99_over_alone"}, …}. What went wrong is added to `failures`.
[[nodiscard]] boost::json::object measure_tenants(const std::filesystem::path& program,
                                                  const std::filesystem::path& folder,
                                                  double seconds,
                                                  std::vector<std::string>& failures);

}  // namespace lectern::load
