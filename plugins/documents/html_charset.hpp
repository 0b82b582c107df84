// documents/html_charset.hpp: in which character set an HTML page is written.
#pragma once

#include <string>
#include <string_view>

namespace lectern::documents {

// The page as UTF-8: a view into `bytes`, or into `storage` after a conversion. In this order: a
// byte order mark; `charset` of the transport; <meta charset> or <meta http-equiv> in the first
// 4096 bytes; UTF-8. A page whose bytes are valid UTF-8 beyond ASCII is UTF-8 whatever it declares.
[[nodiscard]] std::string_view html_utf8(std::string_view bytes, std::string_view charset,
                                         std::string& storage);

}  // namespace lectern::documents
