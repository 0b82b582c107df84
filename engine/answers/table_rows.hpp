// engine/answers/table_rows.hpp: a table's row as a sentence, which its cells alone are not.
//
// What a row is, and what names columns, says text/tables.hpp. All functions are pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace lectern {

// The header of the table whose row begins at byte `at` of a passage: its first row, where that
// names columns. Of a table that began before the passage it is `context`. "": none.
[[nodiscard]] std::string_view header_of_row(std::string_view passage, std::size_t at,
                                             std::string_view context);

// "Model: Base; Layers: 12." of "| Base | 12 | 110M |" under "| Model | Layers | Parameters |" and
// the answer "12": the first cell, and those that the answer is in; without an answer all that are
// not empty. "": it is no row of that header.
[[nodiscard]] std::string told_row(std::string_view row, std::string_view header,
                                   std::string_view answer);

}  // namespace lectern
