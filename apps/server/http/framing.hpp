// apps/server/http/framing.hpp: whether it is certain whom a request is for and where its body ends
// (RFC 9112, 3.2 and 6). Two programs that read it differently are what smugglers live on.
#pragma once

#include <optional>

#include "apps/server/http/message.hpp"

namespace lectern::server {

// 400 for a header Host that is missing, there twice or of several values, for a transfer coding of
// HTTP/1.0, and for one other than chunked. The connection must end then.
[[nodiscard]] std::optional<Response> refuse_framing(const Request& request);

}  // namespace lectern::server
