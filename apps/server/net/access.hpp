// apps/server/net/access.hpp: who may send a request, and what browsers are told. Pure functions.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "apps/server/api/keys.hpp"
#include "apps/server/api/router.hpp"
#include "apps/server/http/message.hpp"
#include "apps/server/options.hpp"

namespace lectern::server {

// Without keys whoever reaches the address may do everything, so pages of other sites must not
// reach it through a browser: a name of another host (DNS rebinding) or a foreign Origin is
// refused.
[[nodiscard]] std::optional<Response> refuse_browser(const Request& request,
                                                     const ServerOptions& options,
                                                     bool keys_required);

// The key of a request ("Authorization: Bearer …" or "X-API-Key"), or 401 or 403.
struct Admitted {
    std::shared_ptr<const Key> key;
    std::optional<Response> refusal;
};
[[nodiscard]] Admitted admit(const Request& request, const Router::Match& match, const Keys& keys);

[[nodiscard]] bool is_preflight(const Request& request);
// Allows the headers that are asked for: who may ask, the origin decides.
[[nodiscard]] Response preflight(const Request& request, const Router::Match& match);

}  // namespace lectern::server
