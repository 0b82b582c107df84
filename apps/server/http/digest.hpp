// apps/server/http/digest.hpp: hashes and random bytes, as OpenSSL has them, and their letters.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace lectern::server {

[[nodiscard]] std::string sha256(std::string_view bytes);  // 32 bytes
[[nodiscard]] std::string hexadecimal(std::string_view bytes);
[[nodiscard]] std::string random_bytes(std::size_t count);

}  // namespace lectern::server
