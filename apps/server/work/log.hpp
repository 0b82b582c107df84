// apps/server/work/log.hpp: the server's log: one JSON object a line on stderr. Safe from any
// thread. Keys, headers and bodies are never in it.
#pragma once

#include <boost/json.hpp>
#include <string>
#include <string_view>

#include "lectern/lectern.hpp"

namespace lectern::server {

// {"time": "2026-01-31T12:00:00.123Z", "level": …, "message": …, and the fields}
void log_line(LogLevel level, std::string_view message, const boost::json::object& fields = {});

// JSON for people: numbers with three places and without an exponent. Finite numbers only.
[[nodiscard]] std::string plain(const boost::json::value& value);

// 2026-01-31T12:00:00.123Z
[[nodiscard]] std::string utc_now();

// The engine's log, as lines of ours.
[[nodiscard]] Log engine_log(LogLevel least);

// A W3C trace context header (https://www.w3.org/TR/trace-context/), or one of our own when there
// is none or it is not valid.
struct TraceContext {
    std::string trace_id = {};
    std::string parent_id = {};  // the caller's span; empty: there is none
    bool sampled = true;         // the caller wants to see it
};
[[nodiscard]] TraceContext trace_context_of(std::string_view traceparent);

// The trace id of a W3C trace context header (https://www.w3.org/TR/trace-context/), or one of our
// own when there is none or it is not valid.
[[nodiscard]] std::string trace_id_of(std::string_view traceparent);

}  // namespace lectern::server
