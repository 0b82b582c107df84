// documents/table_row.hpp: a row of a table as one line, "cell | cell".
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lectern::documents {

// One line: white space within a cell is one space. Empty cells keep their place ("a | | c") but at
// the end; "" when all are empty.
[[nodiscard]] inline std::string table_row(const std::vector<std::string>& cells) {
    std::string out;
    std::size_t waiting = 0;  // separators before the next text
    for (std::size_t i = 0; i < cells.size(); ++i) {
        if (i > 0) ++waiting;
        bool space = false;
        bool begun = false;
        for (const char c : cells[i]) {
            if (std::string_view(" \t\r\n\f\v").find(c) != std::string_view::npos) {
                space = true;
                continue;
            }
            if (!begun) {
                const bool first = out.empty();
                for (; waiting > 0; --waiting) out += out.empty() ? "|" : " |";
                if (!first || !out.empty()) out += ' ';
            } else if (space) {
                out += ' ';
            }
            begun = true;
            space = false;
            out += c;
        }
    }
    return out;
}

}  // namespace lectern::documents
