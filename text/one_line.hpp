// text/one_line.hpp: text on one line.
#pragma once

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

}  // namespace lectern::text
