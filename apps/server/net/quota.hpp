// apps/server/net/quota.hpp: how many requests a key may make in a minute, and how it is told
// (RateLimit-Policy and RateLimit, draft-ietf-httpapi-ratelimit-headers).
#pragma once

#include <chrono>
#include <optional>
#include <vector>

#include "apps/server/api/keys.hpp"
#include "apps/server/api/rate_meter.hpp"
#include "apps/server/http/message.hpp"

namespace lectern::server {

struct Quota {
    std::vector<Header> headers;      // of the response, whatever it says; none without a limit
    std::optional<Response> refusal;  // 429 with Retry-After
};

// Of one more request. `most`: the server's limit for each key that has none of its own; 0: none.
// `key`: nullptr where no keys are required; then the limit is that of all requests together.
[[nodiscard]] Quota take_quota(const Key* key, std::size_t most, RateMeter& of_all,
                               RateMeter::Clock::time_point now);

}  // namespace lectern::server
