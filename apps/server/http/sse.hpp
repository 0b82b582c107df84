// apps/server/http/sse.hpp: server-sent events
// (https://html.spec.whatwg.org/multipage/server-sent-events.html).
#pragma once

#include <boost/json.hpp>
#include <string>
#include <string_view>

#include "api/json_text.hpp"

namespace lectern::server {

// JSON has no line ends when it is serialised, so one data line is enough.
[[nodiscard]] inline std::string event(std::string_view name, const boost::json::value& data) {
    return "event: " + std::string(name) + "\ndata: " + api::json_text(data) + "\n\n";
}

}  // namespace lectern::server
