// apps/server/net/request_record.hpp: what the metrics and the log learn of a request that is
// answered.
#pragma once

#include <boost/json.hpp>
#include <chrono>
#include <cstdint>
#include <memory>

#include "apps/server/api/call.hpp"
#include "apps/server/net/state.hpp"

namespace lectern::server {

struct RequestRecord {
    Observed observed = {};
    boost::json::object failure = {};
    std::chrono::steady_clock::time_point begun = {};
    std::uint64_t received = 0;  // body bytes as they came
    std::uint64_t sent = 0;
    unsigned status = 0;
};

// What the log says of a failure: its code, and of those that are not the client's what has
// happened. (The detail of others may quote what was sent.)
[[nodiscard]] boost::json::object failure_of(const Response& response);

// `key`: may be nullptr.
void note(const RequestRecord& record, const Request& request, const Router::Match& match,
          const Key* key, ServerState& state);

}  // namespace lectern::server
