#include "engine/answers/table_rows.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "text/headings.hpp"
#include "text/instructions.hpp"
#include "text/one_line.hpp"
#include "text/tables.hpp"

namespace lectern {
namespace {

// "cat boats | sort" is no row.
bool is_code(std::string_view before) {
    text::CodeFence fence;
    for (std::size_t begin = 0; begin < before.size();) {
        const std::size_t end = std::min(before.find('\n', begin), before.size());
        fence.line(text::trimmed(before.substr(begin, end - begin)));
        begin = end + 1;
    }
    return fence.is_open();
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
        const std::string_view line = text::trimmed(passage.substr(begin, end - begin));
        whole = !text::is_table_row(line) && !text::is_table_ruler(line);
        if (whole) break;
        second = std::exchange(first, line);
    }
    if (!whole && !context.empty()) return context;
    if (first.empty() || text::is_table_ruler(first)) return {};
    return text::is_table_ruler(second) || text::names_columns(first) ? first : std::string_view();
}

std::string told_row(std::string_view row, std::string_view header, std::string_view answer) {
    row = text::trimmed(row);
    if (header.empty() || header.size() > text::longest_table_header || !text::is_table_row(row) ||
        row.find('\n') != std::string_view::npos || text::speaks_to_a_model(header))
        return {};  // no reader has read the header
    const auto names = text::table_cells(header);
    const auto cells = text::table_cells(row);
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
