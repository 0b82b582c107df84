// tests/load/neighbours.hpp: what searches feel of other work beside them, and one key of another.
#pragma once

#include <boost/json.hpp>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace lectern::load {

// A few clients search the collection "notes": alone, beside clients that are slow, generations and
// an ingest, and alone again (what differs there is the machine's noise); each for `seconds`.
// {"at_rest": {p50 and p99}, "beside_ingest": {those and "p99_over_rest"}, …}. What went wrong is
// added to `failures`.
[[nodiscard]] boost::json::object measure_neighbours(std::uint16_t port, double seconds,
                                                     std::vector<std::string>& failures);

// A server of its own below `folder` with two keys, one of which asks for all it can. A few clients
// of one search alone, beside many of the other, and alone again; each for `seconds`. {"alone":
// {p50 and p99}, "beside_a_flood": {those and "p99_over_alone"}, …}. What went wrong is added to
// `failures`.
[[nodiscard]] boost::json::object measure_tenants(const std::filesystem::path& program,
                                                  const std::filesystem::path& folder,
                                                  double seconds,
                                                  std::vector<std::string>& failures);

}  // namespace lectern::load
