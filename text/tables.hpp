// text/tables.hpp: the rows of tables, by the looks of their lines, as extractors and Markdown
// write them. Lines are given without the white space around them.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

namespace lectern::text {

// Bytes; a row that is longer is no header, which is repeated with each part of its table.
inline constexpr std::size_t longest_table_header = 1024;

// It begins with "|" or has " | " in it.
[[nodiscard]] bool is_table_row(std::string_view line) noexcept;

// "|---|:--:|", as Markdown has it below a header.
[[nodiscard]] bool is_table_ruler(std::string_view line) noexcept;

// Without the white space around each. Before a bar that begins the row, and behind one that ends
// it, there is no cell.
[[nodiscard]] std::vector<std::string_view> table_cells(std::string_view row);

// Whether a row has the names of two columns or more: no cell is a number, says what it is itself
// ("Boat: Heron") or is empty, but for those before the first name.
[[nodiscard]] bool names_columns(std::string_view row);

}  // namespace lectern::text
