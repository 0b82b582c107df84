// api/json_text.hpp: JSON as text that people read too: 0.25 and 100, where Boost.JSON
// writes 2.5E-1 and 1E2. Pure functions.
#pragma once

#include <boost/json.hpp>
#include <string>

namespace lectern::api {

// On one line. Each number has the fewest digits that give it back; one that is not finite, which
// JSON does not have, is null.
[[nodiscard]] std::string json_text(const boost::json::value& value);

}  // namespace lectern::api
