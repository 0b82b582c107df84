#include "apps/server/net/slots.hpp"

#include "apps/server/http/problem.hpp"

namespace lectern::server {

std::optional<Response> Slots::take(const Route& route, const Key* key, ServerState& state) {
    if (route.lane == Lane::direct) return {};
    const Limits& limits = state.options.limits;
    of_all_.emplace(state.running);
    if (of_all_->now() > limits.requests) {
        state.metrics.rejected("requests");
        return too_many("the server has too many requests at once");
    }
    if (key == nullptr) return {};
    of_key_.emplace(*key->running);
    const std::size_t most =
        key->max_concurrent > 0 ? key->max_concurrent : limits.requests_per_key;
    if (of_key_->now() <= most) return {};
    state.metrics.rejected("requests_of_key");
    return too_many("this key has too many requests at once");
}

}  // namespace lectern::server
