// apps/server/net/request_record.hpp: what the metrics and the log learn of a request that is
// answered.
#pragma once

#include <boost/json.hpp>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "apps/server/api/call.hpp"
#include "apps/server/net/state.hpp"
#include "apps/server/net/traces.hpp"
#include "apps/server/work/log.hpp"

namespace lectern::server {

// A part of a request that a worker did.
struct WorkDone {
    std::string lane;
    std::chrono::steady_clock::time_point asked;
    std::chrono::steady_clock::time_point begun;
    std::chrono::steady_clock::time_point ended;
};

struct RequestRecord {
    Observed observed = {};
    boost::json::object failure = {};
    std::chrono::steady_clock::time_point begun = {};
    std::uint64_t received = 0;  // body bytes as they came
    std::uint64_t sent = 0;
    unsigned status = 0;
    TraceContext context = {};
    std::vector<WorkDone> work = {};  // the first ones
};
inline constexpr std::size_t most_work_recorded = 32;

// What the log says of a failure: its code, and of those that are not the client's what has
// happened. (The detail of others may quote what was sent.)
[[nodiscard]] boost::json::object failure_of(const Response& response);

// The request and its parts: waiting for a worker, the work, and below it the stages, each as long
// as it was busy in all. Stages are summed up where they run, so theirs stand one behind the other.
// `now`: as `record` ended.
[[nodiscard]] std::vector<Span> spans_of(const RequestRecord& record, const Request& request,
                                         const Router::Match& match, const Key* key,
                                         std::chrono::steady_clock::time_point now,
                                         std::chrono::system_clock::time_point wall_now);

// `key`: may be nullptr.
void note(const RequestRecord& record, const Request& request, const Router::Match& match,
          const Key* key, ServerState& state);

}  // namespace lectern::server
