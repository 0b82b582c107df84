// apps/server/http/outgoing.hpp: what the server sends to other programs: webhooks of jobs, traces.
#pragma once

#include <chrono>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "apps/server/http/addresses.hpp"
#include "apps/server/http/message.hpp"
#include "lectern/status.hpp"

namespace lectern::server {

// An address that is http or https, in its parts.
struct Destination {
    std::string url;  // as it was given
    bool secure = false;
    std::string host;                   // in lower case; an address of IPv6 without its brackets
    std::string port;                   // "80", "443", or as given
    std::string target;                 // path and query
    std::vector<std::string> segments;  // of the path, decoded

    // The host as the header Host has it.
    [[nodiscard]] std::string authority() const;
};

// Refuses what two programs could read differently: a user before the host, a path that climbs.
[[nodiscard]] Result<Destination> parse_destination(std::string_view url);
// Whether it is the same program's, at the same path or below it.
[[nodiscard]] bool is_within(const Destination& what, const Destination& allowed);

// Sends a POST and gives the response's status; redirects are not followed. Waits for it in this
// thread, for the host's addresses too: `longest` at most, and no longer than until the stop.
[[nodiscard]] Result<unsigned> post(const Destination& to, const std::vector<Header>& headers,
                                    const std::string& body, std::chrono::milliseconds longest,
                                    const std::stop_token& stop,
                                    const Resolver& resolver = system_addresses);

}  // namespace lectern::server
