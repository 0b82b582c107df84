// text/one_line.hpp: text on one line, and without white space around it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace lectern::text {

// Each run of spaces, tabs and ends of lines as one space; none at the beginning or the end.
[[nodiscard]] inline std::string one_line(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    bool space = false;
    for (const char c : text) {
        if (c == ' ' || c == '\n' || c == '\r' || c == '\t') {
            space = !out.empty();
            continue;
        }
        if (space) out.push_back(' ');
        space = false;
        out.push_back(c);
    }
    return out;
}

// Without spaces, tabs and ends of lines at its beginning and end.
[[nodiscard]] inline std::string_view trimmed(std::string_view text) noexcept {
    const std::size_t begin = text.find_first_not_of(" \t\r\n");
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t\r\n") + 1 - begin);
}

// As one_line; "" when it is not plain text: bytes that are no UTF-8, control characters, or
// brackets that would pass for the marks of citations or for a fence around data.
[[nodiscard]] std::string one_plain_line(std::string_view text);

}  // namespace lectern::text
