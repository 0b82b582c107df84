#include "engine/answers/table_rows.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "text/ascii.hpp"
#include "text/instructions.hpp"

namespace lectern {
namespace {

constexpr std::size_t longest_header = 1024;  // bytes

std::string_view stripped(std::string_view text) {
    const std::size_t begin = std::min(text.find_first_not_of(" \t\r\n"), text.size());
    return text.substr(begin, text.find_last_not_of(" \t\r\n") + 1 - begin);
}

bool is_row(std::string_view line) {
    line = stripped(line);
    return line.starts_with('|') || line.find(" | ") != std::string_view::npos;
}

// "|---|:--:|"
bool is_rule(std::string_view line) {
    return line.find('-') != std::string_view::npos &&
           line.find_first_not_of("|-: \t\r") == std::string_view::npos;
}

// Without what stands before the first bar and behind the last, where a bar is the row's edge.
std::vector<std::string_view> cells_of(std::string_view row) {
    row = stripped(row);
    if (row.starts_with('|')) row.remove_prefix(1);
    if (row.ends_with('|')) row.remove_suffix(1);
    std::vector<std::string_view> out;
    for (std::size_t begin = 0; begin <= row.size();) {
        const std::size_t end = std::min(row.find('|', begin), row.size());
        out.push_back(stripped(row.substr(begin, end - begin)));
        begin = end + 1;
    }
    return out;
}

bool names_columns(std::string_view row) {
    const auto cells = cells_of(row);
    return cells.size() > 1 && std::none_of(cells.begin(), cells.end(), [](std::string_view cell) {
               return cell.empty() || text::is_digit(cell.front()) ||
                      cell.find(": ") != std::string_view::npos;
           });
}

// "cat boats | sort" is no row.
bool is_code(std::string_view before) {
    bool out = false;
    for (std::size_t begin = 0; begin < before.size();) {
        const std::size_t end = std::min(before.find('\n', begin), before.size());
        const std::string_view line = stripped(before.substr(begin, end - begin));
        if (line.starts_with("```") || line.starts_with("~~~")) out = !out;
        begin = end + 1;
    }
    return out;
}

}  // namespace

std::string_view header_of_row(std::string_view passage, std::size_t at, std::string_view context) {
    if (is_code(passage.substr(0, at))) return {};
    // Upwards, row by row.
    std::string_view first;
    std::string_view second;
    bool whole = false;  // what stands above the table has been seen
    const auto line_begin = [&](std::size_t end) {
        const std::size_t before = end == 0 ? std::string_view::npos : passage.rfind('\n', end - 1);
        return before == std::string_view::npos ? 0 : before + 1;
    };
    for (std::size_t begin = line_begin(at); begin > 0;) {
        const std::size_t end = begin - 1;
        begin = line_begin(end);
        const std::string_view line = passage.substr(begin, end - begin);
        whole = !is_row(line) && !is_rule(line);
        if (whole) break;
        second = std::exchange(first, line);
    }
    if (!whole && !context.empty()) return context;
    if (first.empty() || is_rule(first)) return {};
    return is_rule(second) || names_columns(first) ? first : std::string_view();
}

std::string told_row(std::string_view row, std::string_view header, std::string_view answer) {
    if (header.empty() || header.size() > longest_header || !is_row(row) ||
        stripped(row).find('\n') != std::string_view::npos || text::speaks_to_a_model(header))
        return {};  // no reader has read the header
    const auto names = cells_of(header);
    const auto cells = cells_of(row);
    if (names.size() != cells.size() || cells.size() < 2) return {};
    const auto has_answer = [&](std::string_view cell) {
        return !answer.empty() && cell.find(answer) != std::string_view::npos;
    };
    // Where the first cell is the answer ("Which model has 24 layers?"), any other may say why.
    const bool known = std::any_of(cells.begin() + 1, cells.end(), has_answer);
    std::string out;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        if (cells[i].empty() || (known && i > 0 && !has_answer(cells[i]))) continue;
        if (!out.empty()) out += "; ";
        if (!names[i].empty()) out.append(names[i]).append(": ");
        out += cells[i];
    }
    if (!out.empty() && out.back() != '.') out += ".";
    return out;
}

}  // namespace lectern
