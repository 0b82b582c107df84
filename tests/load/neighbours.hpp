// tests/load/neighbours.hpp: what searches feel of other work beside them.
#pragma once

#include <boost/json.hpp>
#include <cstdint>
#include <string>
#include <vector>

namespace lectern::load {

// A few clients search the collection "notes": alone, beside clients that are slow, generations and
// an ingest, and alone again (what differs there is the machine's noise); each for `seconds`.
// {"at_rest": {p50 and p99}, "beside_ingest": {those and "p99_over_rest"}, …}. What went wrong is
// added to `failures`.
[[nodiscard]] boost::json::object measure_neighbours(std::uint16_t port, double seconds,
                                                     std::vector<std::string>& failures);

}  // namespace lectern::load
