#include "apps/server/net/quota.hpp"

#include <string>

#include "apps/server/http/problem.hpp"

namespace lectern::server {

Quota take_quota(const Key* key, std::size_t most, RateMeter& of_all,
                 RateMeter::Clock::time_point now) {
    if (key != nullptr && key->max_per_minute > 0) most = key->max_per_minute;
    if (most == 0) return {};
    RateMeter& meter = key != nullptr ? *key->meter : of_all;
    const RateMeter::Standing standing = meter.take(most, now);
    const std::string name = key != nullptr ? "\"key\"" : "\"server\"";
    Quota out;
    out.headers = {{"RateLimit-Policy", name + ";q=" + std::to_string(most) +
                                            ";w=" + std::to_string(RateMeter::window.count())},
                   {"RateLimit", name + ";r=" + std::to_string(standing.remaining) +
                                     ";t=" + std::to_string(standing.reset.count())}};
    if (!standing.admitted)
        out.refusal =
            too_many((key != nullptr ? "this key has made its " : "the server has taken its ") +
                         std::to_string(most) + " requests of this minute",
                     static_cast<unsigned>(standing.reset.count()));
    return out;
}

}  // namespace lectern::server
