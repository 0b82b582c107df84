#include "passages/tables.hpp"

#include <algorithm>

#include "text/ascii.hpp"

namespace lectern::passages {
namespace {

constexpr std::size_t longest_header = 1024;  // bytes

bool is_letter(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<signed char>(c) < 0;
}

// "|---|:--:|" of Markdown
bool is_ruler(std::string_view line) noexcept {
    return line.find('-') != std::string_view::npos &&
           line.find_first_not_of("|-: \t") == std::string_view::npos;
}

// Names of columns: none is empty, a number or a value with a name of its own.
bool names_columns(std::string_view row) noexcept {
    std::size_t cells = 0;
    while (!row.empty()) {
        const std::size_t end = std::min(row.find('|'), row.size());
        std::string_view cell = row.substr(0, end);
        row.remove_prefix(std::min(end + 1, row.size()));
        const std::size_t begin = cell.find_first_not_of(" \t");
        if (begin == std::string_view::npos) {
            // Before the first bar and behind the last one there is no cell.
            if (cells > 0 && !row.empty()) return false;
            continue;
        }
        cell = cell.substr(begin, cell.find_last_not_of(" \t") + 1 - begin);
        const bool named = std::any_of(cell.begin(), cell.end(), is_letter);
        const bool amount = text::is_digit(cell.front());
        if (!named || amount || cell.find(": ") != std::string_view::npos) return false;
        ++cells;
    }
    return cells > 1;
}

}  // namespace

bool is_table_row(std::string_view line) noexcept {
    return line.starts_with('|') || line.find(" | ") != std::string_view::npos;
}

void Tables::read_to(std::size_t end) {
    while (read_ < end) {
        const std::size_t line_end = std::min(text_.find('\n', read_), end);
        line(trimmed(text_, {read_, line_end}));
        read_ = std::min(line_end + 1, end);
    }
}

void Tables::line(Range range) {
    const std::string_view row = piece(text_, range);
    if (row.starts_with("```") || row.starts_with("~~~")) in_code_ = !in_code_;
    if (in_code_ || !is_table_row(row)) {
        rows_ = 0;
        open_has_header_ = false;
        return;
    }
    if (++rows_ == 1) {
        first_ = range;
        first_is_header_ = row.size() <= longest_header && names_columns(row);
        return;
    }
    if (rows_ == 2 && row.size() > 0 && is_ruler(row))
        first_is_header_ = first_.end - first_.begin <= longest_header;
    if (!first_is_header_) return;
    if (!open_has_header_) tables_.push_back({first_, range.end});
    open_has_header_ = true;
    tables_.back().end = range.end;
}

std::optional<Range> Tables::header_at(std::size_t at) const noexcept {
    const auto table = std::upper_bound(
        tables_.begin(), tables_.end(), at,
        [](std::size_t place, const Table& one) { return place < one.header.end; });
    if (table == tables_.begin() || at >= std::prev(table)->end) return std::nullopt;
    return std::prev(table)->header;
}

}  // namespace lectern::passages
