// text/double_quoted.hpp: text as a literal of the languages that escape with a backslash: filters,
// grammars (GBNF), graphs (Graphviz).
#pragma once

#include <string>
#include <string_view>

namespace lectern::text {

// Within "…", with a backslash before each quotation mark and backslash of it. Nothing else is
// escaped.
[[nodiscard]] inline std::string double_quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out.push_back('\\');
        out.push_back(c);
    }
    out.push_back('"');
    return out;
}

}  // namespace lectern::text
