// apps/server/http/addresses.hpp: the addresses of a host, by its name, with an end to the waiting.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <chrono>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "lectern/status.hpp"

namespace lectern::server {

// Asks for the addresses of a host, for as long as that takes.
using Resolver = std::function<Result<std::vector<boost::asio::ip::address>>(const std::string&)>;

// The system's (getaddrinfo). It cannot be broken off, and takes as long as /etc/resolv.conf says
// where no server of names answers.
[[nodiscard]] Result<std::vector<boost::asio::ip::address>> system_addresses(
    const std::string& host);

// Waits for the resolver until a time and no longer than until the stop. It is asked in a thread of
// its own, which is left to end by itself when nobody waits for it any more.
[[nodiscard]] Result<std::vector<boost::asio::ip::address>> addresses_of(
    const std::string& host, std::chrono::steady_clock::time_point until,
    const std::stop_token& stop, const Resolver& resolver = system_addresses);

}  // namespace lectern::server
