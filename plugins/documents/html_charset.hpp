// documents/html_charset.hpp: in which character set an HTML page says that it is written.
#pragma once

#include <string>
#include <string_view>

namespace lectern::documents {

// The label in <meta charset>, <meta http-equiv> or an XML declaration in the first 4096 bytes; ""
// when there is none. Comments do not count.
[[nodiscard]] std::string html_declared(std::string_view bytes);

}  // namespace lectern::documents
