#include "documents/html_table.hpp"

#include <algorithm>

#include "documents/extracted.hpp"
#include "documents/file_name.hpp"
#include "documents/html_elements.hpp"
#include "documents/table_row.hpp"

namespace lectern::documents {
namespace {

// Spans are followed in the first columns only: a page could claim a million.
constexpr std::size_t most_columns = 64;
constexpr long most_rows = 10000;

// Bytes of text in a cell that is a section of a page, not a value.
constexpr std::size_t long_with_structure = 300;
constexpr std::size_t long_without = 1500;

struct Looks {
    bool header = false;      // <th>, <thead>, <caption>
    bool structure = false;   // a heading or a table in a cell
    std::size_t cells = 0;    // most in a row
    std::size_t longest = 0;  // text of a cell
};

Looks looks_of(const GumboNode& table) {
    Looks out;
    std::size_t cells = 0;
    std::size_t text = 0;
    walk(
        table,
        [&](const GumboNode& node) {
            if (is_text_node(node)) text += trimmed(node.v.text.text).size();
            if (node.type != GUMBO_NODE_ELEMENT) return false;
            const GumboElement& element = node.v.element;
            switch (display_of(element)) {
                case Display::table:
                    out.structure = out.structure || &node != &table;
                    return &node == &table;
                case Display::row: cells = 0; break;
                case Display::cell:
                    out.cells = std::max(out.cells, ++cells);
                    text = 0;
                    break;
                case Display::heading: out.structure = true; break;
                case Display::dropped: return false;
                default: break;
            }
            if (element.tag == GUMBO_TAG_TH || element.tag == GUMBO_TAG_THEAD ||
                element.tag == GUMBO_TAG_CAPTION)
                out.header = true;
            return true;
        },
        [&](const GumboNode& node) {
            if (display_of(node.v.element) == Display::cell)
                out.longest = std::max(out.longest, text);
        });
    return out;
}

}  // namespace

bool places_a_page(const GumboNode& table) {
    const std::string role = ascii_lower(trimmed(attribute(table.v.element, "role")));
    if (role == "presentation" || role == "none") return true;
    const Looks looks = looks_of(table);
    if (looks.cells <= 1) return true;
    if (looks.header) return false;
    return looks.longest > long_without || (looks.structure && looks.longest > long_with_structure);
}

void HtmlTable::begin_row() {
    row_.clear();
}

void HtmlTable::pass_spans() {
    while (row_.size() < rows_left_.size() && rows_left_[row_.size()] > 0) {
        --rows_left_[row_.size()];
        row_.emplace_back();
    }
}

void HtmlTable::begin_cell(const GumboElement& cell) {
    pass_spans();
    columns_ = std::clamp(number(cell, "colspan", 1), 1L, static_cast<long>(most_columns));
    rows_ = number(cell, "rowspan", 1);
    rows_ = rows_ == 0 ? most_rows : std::clamp(rows_, 1L, most_rows);
}

void HtmlTable::end_cell(std::string text) {
    for (long i = 0; i < columns_; ++i) {
        const std::size_t column = row_.size();
        if (column < most_columns) {
            if (rows_left_.size() <= column) rows_left_.resize(column + 1);
            rows_left_[column] = rows_ - 1;
        } else if (i > 0) {
            break;
        }
        row_.push_back(i == 0 ? std::move(text) : std::string{});
    }
}

std::string HtmlTable::end_row() {
    for (std::size_t i = row_.size(); i < rows_left_.size(); ++i)
        if (rows_left_[i] > 0) --rows_left_[i];
    return table_row(row_);
}

}  // namespace lectern::documents
