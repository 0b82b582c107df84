#include "passages/tables.hpp"

#include <algorithm>

#include "text/tables.hpp"

namespace lectern::passages {

void Tables::read_to(std::size_t end) {
    while (read_ < end) {
        const std::size_t line_end = std::min(text_.find('\n', read_), end);
        line(trimmed(text_, {read_, line_end}));
        read_ = std::min(line_end + 1, end);
    }
}

void Tables::line(Range range) {
    const std::string_view row = piece(text_, range);
    if (code_.line(row) || !text::is_table_row(row)) {
        rows_ = 0;
        open_has_header_ = false;
        return;
    }
    if (++rows_ == 1) {
        first_ = range;
        first_is_header_ = row.size() <= text::longest_table_header && text::names_columns(row);
        return;
    }
    if (rows_ == 2 && text::is_table_ruler(row))
        first_is_header_ = first_.end - first_.begin <= text::longest_table_header;
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

bool Tables::is_header(std::size_t at) const noexcept {
    return std::any_of(tables_.begin(), tables_.end(), [&](const Table& one) {
        return one.header.begin <= at && at < one.header.end;
    });
}

}  // namespace lectern::passages
