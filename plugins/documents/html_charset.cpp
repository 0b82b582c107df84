#include "documents/charset.hpp"

#include <algorithm>

#include "documents/file_name.hpp"

namespace lectern::documents {
namespace {

// What stands behind "charset=" in one tag; "" when nothing does.
std::string charset_in(std::string_view tag) {
    std::size_t value = tag.find("charset");
    if (value == std::string_view::npos) return {};
    value = tag.find_first_not_of(" \t\r\n", value + 7);
    if (value == std::string_view::npos || tag[value] != '=') return {};
    value = tag.find_first_not_of(" \t\r\n\"'", value + 1);
    if (value == std::string_view::npos) return {};
    const std::size_t stop = tag.find_first_of(" \t\r\n\"';/>", value);
    return std::string(tag.substr(value, stop - value));
}

}  // namespace

std::string html_declared(std::string_view bytes) {
    const std::string head = ascii_lower(bytes.substr(0, 4096));
    for (std::size_t at = head.find('<'); at != std::string::npos; at = head.find('<', at + 1)) {
        const std::string_view rest = std::string_view(head).substr(at);
        if (rest.starts_with("<!--")) {
            at = head.find("-->", at + 4);
            if (at == std::string::npos) break;
            continue;
        }
        if (!rest.starts_with("<meta")) continue;
        const std::string found = charset_in(rest.substr(0, rest.find('>')));
        if (!found.empty()) return found;
    }
    return std::string(xml_declared(bytes));
}

}  // namespace lectern::documents
