#include "text/tables.hpp"

#include <algorithm>

#include "text/ascii.hpp"
#include "text/one_line.hpp"

namespace lectern::text {
namespace {

// ASCII letters, and all that is not ASCII.
bool is_letter_of_name(char c) noexcept {
    return is_ascii_letter(c) || static_cast<signed char>(c) < 0;
}

bool names_column(std::string_view cell) noexcept {
    return std::any_of(cell.begin(), cell.end(), is_letter_of_name) && !is_digit(cell.front()) &&
           cell.find(": ") == std::string_view::npos;
}

}  // namespace

bool is_table_row(std::string_view line) noexcept {
    return line.starts_with('|') || line.find(" | ") != std::string_view::npos;
}

bool is_table_ruler(std::string_view line) noexcept {
    return line.find('-') != std::string_view::npos &&
           line.find_first_not_of("|-: \t") == std::string_view::npos;
}

std::vector<std::string_view> table_cells(std::string_view row) {
    row = trimmed(row);
    if (row.starts_with('|')) row.remove_prefix(1);
    if (row.ends_with('|')) row.remove_suffix(1);
    std::vector<std::string_view> out;
    for (std::size_t begin = 0; begin <= row.size();) {
        const std::size_t end = std::min(row.find('|', begin), row.size());
        out.push_back(trimmed(row.substr(begin, end - begin)));
        begin = end + 1;
    }
    return out;
}

bool names_columns(std::string_view row) {
    const std::vector<std::string_view> cells = table_cells(row);
    // The corner of a table with names of rows may be empty.
    const auto first = std::find_if(cells.begin(), cells.end(),
                                    [](std::string_view cell) { return !cell.empty(); });
    return cells.end() - first > 1 && std::all_of(first, cells.end(), names_column);
}

}  // namespace lectern::text
