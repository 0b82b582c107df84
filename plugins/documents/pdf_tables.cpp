#include "documents/pdf_tables.hpp"

#include <algorithm>
#include <numeric>

#include "documents/extracted.hpp"
#include "documents/table_row.hpp"
#include "text/ascii.hpp"

namespace lectern::documents {
namespace {

constexpr double gutter = 0.5;              // heights between two columns
constexpr double apart = 3.5;               // heights between rows that are two tables
constexpr double next_line = 0.6;           // heights between lines of one cell
constexpr double short_cell = 20;           // characters of a cell that is no line of prose
constexpr double longest_cell = 60;         // the same, on average, beside a column of short ones
constexpr std::size_t most_pieces = 20000;  // of a page

struct PdfRow {
    PdfBox box;
    std::vector<std::size_t> pieces;  // from left to right
    bool items = false;               // with bullets, which are no pieces
};

struct Span {
    double left;
    double right;
};

// "1.", "a)": what may count an item, or a row.
bool is_count(std::string_view text) noexcept {
    return text.size() >= 2 && text.size() <= 5 && (text.back() == '.' || text.back() == ')') &&
           std::none_of(text.begin(), text.end(),
                        [](char c) { return static_cast<signed char>(c) < 0; });
}

// Width in characters of Latin letters: those of East Asia are twice as wide.
double width_of(std::string_view text) noexcept {
    double out = 0;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte & 0xC0) == 0x80) continue;
        out += byte >= 0xE3 && byte <= 0xED ? 2 : 1;
    }
    return out;
}

// Goes on in the middle of a sentence.
bool begins_with_small_letter(std::string_view text) noexcept {
    return !text.empty() && text.front() >= 'a' && text.front() <= 'z';
}

std::vector<PdfRow> rows_of(const PdfPage& page) {
    std::vector<std::size_t> order(page.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return page[a].box.middle() < page[b].box.middle();
    });
    std::vector<PdfRow> out;
    for (const std::size_t i : order) {
        const PdfBox& box = page[i].box;
        if (!out.empty() && box.middle() < out.back().box.bottom &&
            box.middle() - out.back().box.middle() <
                std::min(box.height(), out.back().box.height()) / 2) {
            out.back().pieces.push_back(i);
            out.back().box.extend(box);
        } else {
            out.push_back({box, {i}});
        }
    }
    for (PdfRow& row : out)
        std::sort(row.pieces.begin(), row.pieces.end(), [&](std::size_t a, std::size_t b) {
            return page[a].box.left < page[b].box.left;
        });
    return out;
}

// The columns of rows, by what no piece crosses.
class Columns {
 public:
    // False when the row would leave less than two columns; then nothing changes.
    bool add(const PdfPage& page, const PdfRow& row) {
        std::vector<Span> spans = spans_;
        for (const std::size_t i : row.pieces)
            spans.push_back({page[i].box.left, page[i].box.right});
        std::sort(spans.begin(), spans.end(),
                  [](const Span& a, const Span& b) { return a.left < b.left; });
        std::vector<Span> joined;
        const double least = gutter * row.box.height();
        for (const Span& span : spans) {
            if (!joined.empty() && span.left - joined.back().right < least)
                joined.back().right = std::max(joined.back().right, span.right);
            else
                joined.push_back(span);
        }
        if (joined.size() < 2) return false;
        spans_ = std::move(joined);
        return true;
    }

    [[nodiscard]] std::size_t of(const PdfBox& box) const noexcept {
        std::size_t out = 0;
        while (out + 1 < spans_.size() && spans_[out + 1].left <= box.left) ++out;
        return out;
    }
    [[nodiscard]] std::size_t size() const noexcept { return spans_.size(); }

 private:
    std::vector<Span> spans_;
};

struct Found {
    std::size_t end = 0;  // behind its last row
    Columns columns;
};

// Rows from `begin` that share columns. One piece alone may go on in a cell.
Found run_from(const PdfPage& page, const std::vector<PdfRow>& rows, std::size_t begin) {
    Found out{begin, {}};
    std::size_t with_cells = begin;
    for (std::size_t i = begin; i < rows.size(); ++i) {
        const PdfRow& row = rows[i];
        if (i > begin) {
            const double between = row.box.top - rows[i - 1].box.bottom;
            const double height = std::max(row.box.height(), rows[i - 1].box.height());
            if (between > apart * height) break;
            if (row.pieces.size() == 1 && between > next_line * height) {
                // A row whose other cells are empty, unless text follows the table.
                if (i + 1 == rows.size() || rows[i + 1].pieces.size() < 2) break;
            }
        }
        Columns columns = out.columns;
        if (!columns.add(page, row)) break;
        if (columns.size() < out.columns.size() && out.columns.size() > 2) {
            // A line over columns closes a gutter: a heading in between, or text below.
            if (row.pieces.size() == 1) break;
        }
        out.columns = std::move(columns);
        if (row.pieces.size() > 1) with_cells = i + 1;
        out.end = i + 1;
    }
    // Single lines behind the last row of cells go on in it only when they follow closely.
    while (out.end > with_cells) {
        const PdfRow& last = rows[out.end - 1];
        const PdfRow& before = rows[out.end - 2];
        if (last.box.top - before.box.bottom <= next_line * last.box.height() &&
            out.columns.of(page[last.pieces.front()].box) > 0)
            break;
        --out.end;
    }
    return out;
}

// Cells are short, or beside short ones; prose in columns is neither.
bool looks_like_table(const PdfPage& page, const std::vector<PdfRow>& rows, std::size_t begin,
                      const Found& found) {
    std::vector<double> length(found.columns.size());
    std::vector<std::size_t> count(found.columns.size());
    std::size_t whole = 0;  // rows with more than one cell
    std::size_t items = 0;  // rows with bullets
    std::size_t prose = 0;  // long cells of those that go on in the middle of a sentence
    for (std::size_t i = begin; i < found.end; ++i) {
        if (rows[i].pieces.size() > 1) ++whole;
        if (rows[i].items) ++items;
        for (const std::size_t piece : rows[i].pieces) {
            const std::size_t column = found.columns.of(page[piece].box);
            length[column] += width_of(page[piece].text);
            ++count[column];
            if (rows[i].pieces.size() > 1 && width_of(page[piece].text) > short_cell &&
                begins_with_small_letter(page[piece].text))
                ++prose;
        }
    }
    if (whole < 2 || prose * 4 > whole || items * 4 > found.end - begin) return false;
    std::size_t short_ones = 0;
    std::size_t columns = 0;
    double longest = 0;
    for (std::size_t i = 0; i < length.size(); ++i) {
        if (count[i] == 0) continue;
        ++columns;
        const double average = length[i] / static_cast<double>(count[i]);
        if (average < short_cell) ++short_ones;
        longest = std::max(longest, average);
    }
    if (columns < 2 || short_ones == 0 || longest > longest_cell) return false;
    // Two rows are little to go by.
    return whole > 2 || short_ones == columns;
}

bool begins_with_digit(std::string_view text) noexcept {
    return !text.empty() && text::is_digit(text.front());
}

// Whether the row goes on in the cells of the row above it.
bool goes_on(const PdfPage& page, const PdfRow& row, const PdfRow& above, const Columns& columns) {
    if (row.box.top - above.box.bottom > next_line * row.box.height()) return false;
    if (columns.of(page[row.pieces.front()].box) == 0)
        // A first cell of two lines: nothing beside it, and of the same block.
        return row.pieces.size() == 1 &&
               page[row.pieces.front()].block == page[above.pieces.front()].block &&
               above.pieces.size() > 1 && !begins_with_digit(page[row.pieces.front()].text) &&
               row.box.top - above.box.bottom < 0.2 * row.box.height();
    return std::none_of(row.pieces.begin(), row.pieces.end(),
                        [&](std::size_t i) { return begins_with_digit(page[i].text); });
}

PdfTable table_of(const PdfPage& page, const std::vector<PdfRow>& rows, std::size_t begin,
                  const Found& found) {
    PdfTable out;
    std::vector<std::vector<std::string>> cells;
    for (std::size_t i = begin; i < found.end; ++i) {
        if (cells.empty() || !goes_on(page, rows[i], rows[i - 1], found.columns))
            cells.emplace_back(found.columns.size());
        for (const std::size_t piece : rows[i].pieces) {
            std::string& cell = cells.back()[found.columns.of(page[piece].box)];
            if (!cell.empty()) cell += ' ';
            cell += page[piece].text;
            out.pieces.push_back(piece);
        }
    }
    for (const auto& row : cells) out.rows.push_back(table_row(row));
    std::sort(out.pieces.begin(), out.pieces.end());
    return out;
}

}  // namespace

std::vector<PdfTable> tables_of(const PdfPage& page) {
    std::vector<PdfTable> out;
    if (page.size() > most_pieces) return out;
    std::vector<PdfRow> rows = rows_of(page);
    // The mark of an item counts with its text.
    for (PdfRow& row : rows) {
        if (row.pieces.size() == 2 && is_count(page[row.pieces.front()].text)) row.pieces.resize(1);
        if (row.pieces.size() > 1)
            row.items = std::erase_if(row.pieces,
                                      [&](std::size_t i) { return is_bullet(page[i].text); }) > 0;
    }
    std::erase_if(rows, [](const PdfRow& row) { return row.pieces.empty(); });
    for (std::size_t begin = 0; begin < rows.size();) {
        if (rows[begin].pieces.size() < 2) {
            ++begin;
            continue;
        }
        const Found found = run_from(page, rows, begin);
        if (found.end <= begin + 1 || !looks_like_table(page, rows, begin, found)) {
            ++begin;
            continue;
        }
        out.push_back(table_of(page, rows, begin, found));
        begin = found.end;
    }
    return out;
}

}  // namespace lectern::documents
