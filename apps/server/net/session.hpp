// apps/server/net/session.hpp: one connection, from its first byte to its last.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>

#include "apps/server/net/state.hpp"
#include "apps/server/net/wire.hpp"

namespace lectern::server {

// Must run on a strand.
[[nodiscard]] boost::asio::awaitable<void> run_session(std::unique_ptr<Wire> wire,
                                                       ServerState& state);

}  // namespace lectern::server
