// apps/server/http/base64.hpp: bytes as text (RFC 4648, section 4), as headers and JSON have them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace lectern::server {

[[nodiscard]] std::string base64(std::string_view bytes);
// Nothing for what is not base64 as a whole, with its padding.
[[nodiscard]] std::optional<std::string> base64_decoded(std::string_view text);

}  // namespace lectern::server
