// apps/server/http/target.hpp: the request target (RFC 9112, 3.2) taken apart.
#pragma once

#include <string>
#include <string_view>

#include "apps/server/http/message.hpp"
#include "lectern/status.hpp"

namespace lectern::server {

// Percent-decoding; '+' is a space when `plus` is set. Fails for a broken escape, for a NUL byte
// and for what is not UTF-8 afterwards.
[[nodiscard]] Result<std::string> percent_decoded(std::string_view text, bool plus = false);

// Sets request.segments and request.query from request.target. Nothing of the path is lost: one
// that ends in '/' has an empty last segment, so that the segments with '/' between them are the
// path. A path with a segment "." or ".." is refused, encoded or not: no resource here has one, and
// what asks for it means harm.
[[nodiscard]] Status read_target(Request& request);

}  // namespace lectern::server
