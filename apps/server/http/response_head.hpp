// apps/server/http/response_head.hpp: a response as bytes: its head, and its body as the client
// takes it. Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "apps/server/http/message.hpp"
#include "apps/server/options.hpp"

namespace lectern::server {

// The value of Access-Control-Allow-Origin, or "".
[[nodiscard]] std::string allowed_origin(const Request& request, const ServerOptions& options);

// The first line and the headers: these, and what every response has. Nothing in a value ends a
// header early. Without the empty line behind it.
[[nodiscard]] std::string response_head(unsigned status, const std::vector<Header>& headers,
                                        const Request& request, const ServerOptions& options);

// The whole of it, compressed when the client takes that and it is worth it; of HEAD the head.
[[nodiscard]] std::string response_bytes(Response response, const Request& request,
                                         const ServerOptions& options);

}  // namespace lectern::server
