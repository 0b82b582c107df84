// apps/server/web/web.hpp: the web page that is built in.
#pragma once

#include <span>
#include <string_view>

namespace lectern::server {

struct WebFile {
    std::string_view name;  // "index.html", "search.js"
    std::string_view tag;   // a strong entity tag of its bytes, quoted
    std::string_view bytes;
};
[[nodiscard]] std::span<const WebFile> web_files() noexcept;

}  // namespace lectern::server
