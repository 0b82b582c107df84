#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <vector>

#include "data/data_text.hpp"
#include "documents/markup.hpp"
#include "text/ascii.hpp"

namespace lectern::data {
namespace {

using documents::fail;
using documents::Markup;
using documents::one_line;

constexpr std::array<char, 4> delimiters{',', ';', '\t', '|'};
constexpr std::size_t looked_at = 65536;    // bytes, to find the delimiter
constexpr std::size_t rows_looked_at = 50;  // the same
constexpr std::size_t most_cells = 5000000;

using Cells = std::vector<std::string>;

bool ends_cell(char c) noexcept {
    return c == '\n' || c == '\r' ||
           std::find(delimiters.begin(), delimiters.end(), c) != delimiters.end();
}

// What stands around cells: a double quote, or a single one where cells begin and end with it and
// none with the other.
char quote_of(std::string_view text) noexcept {
    text = text.substr(0, looked_at);
    std::size_t begun = 0;
    std::size_t ended = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '"' && text[i] != '\'') continue;
        const bool begins = i == 0 || ends_cell(text[i - 1]);
        if (begins && text[i] == '"') return '"';
        if (text[i] == '"') continue;
        begun += begins ? 1 : 0;
        ended += i + 1 == text.size() || ends_cell(text[i + 1]) ? 1 : 0;
    }
    return begun > 1 && begun == ended ? '\'' : '"';
}

// Takes one record (RFC 4180) off the text; quotes may hold line ends. Blank lines give no cells.
Cells take_record(std::string_view& text, char delimiter, char quote) {
    Cells out;
    std::string cell;
    bool quoted = false;
    bool was_quoted = false;
    std::size_t at = 0;
    for (; at < text.size(); ++at) {
        const char c = text[at];
        if (quoted) {
            if (c != quote) {
                cell += c;
            } else if (at + 1 < text.size() && text[at + 1] == quote) {
                cell += c;
                ++at;
            } else {
                quoted = false;
            }
        } else if (c == quote && !was_quoted && documents::only_white_space(cell)) {
            quoted = was_quoted = true;
            cell.clear();
        } else if (c == delimiter) {
            out.push_back(std::exchange(cell, {}));
            was_quoted = false;
        } else if (c == '\n' || c == '\r') {
            break;
        } else {
            cell += c;
        }
    }
    if (!out.empty() || was_quoted || !documents::only_white_space(cell))
        out.push_back(std::move(cell));
    if (text.substr(std::min(at, text.size())).starts_with("\r\n")) ++at;
    text.remove_prefix(std::min(at + 1, text.size()));
    return out;
}

struct Layout {
    char delimiter = ',';
    char quote = '"';
    std::size_t width = 1;  // cells that most rows have
};

// The delimiter that cuts the most rows into the same number of cells, more than one.
Layout layout_of(std::string_view text, std::optional<char> said) {
    Layout best;
    best.quote = quote_of(text);
    double best_score = 0;
    for (char delimiter : delimiters) {
        if (said) delimiter = *said;
        std::string_view rest = text.substr(0, looked_at);
        std::vector<std::size_t> widths;
        while (!rest.empty() && widths.size() < rows_looked_at) {
            const Cells cells = take_record(rest, delimiter, best.quote);
            if (!cells.empty()) widths.push_back(cells.size());
        }
        if (widths.size() > 1 && rest.empty() && text.size() > looked_at)
            widths.pop_back();  // cut off
        if (widths.empty()) continue;
        std::vector<std::size_t> sorted = widths;
        std::sort(sorted.begin(), sorted.end());
        const std::size_t usual = sorted[sorted.size() / 2];
        if (usual < 2) continue;
        const auto same = static_cast<double>(std::count(widths.begin(), widths.end(), usual));
        const double score = same / static_cast<double>(widths.size()) +
                             0.001 * static_cast<double>(std::min<std::size_t>(usual, 20));
        if (score > best_score) {
            best_score = score;
            best.delimiter = delimiter;
            best.width = usual;
        }
    }
    if (said) best.delimiter = *said;
    return best;
}

bool is_number(std::string_view cell) noexcept {
    cell = documents::trimmed(cell);
    bool digit = false;
    for (const char c : cell) {
        if (text::is_digit(c))
            digit = true;
        else if (std::string_view("+-.,%/: eE$").find(c) == std::string_view::npos &&
                 static_cast<signed char>(c) >= 0)
            return false;
        else if (static_cast<signed char>(c) < 0 && !digit)
            return false;
    }
    return digit;
}

bool is_year(std::string_view cell) noexcept {
    return cell.size() == 4 && (cell.starts_with("19") || cell.starts_with("20")) &&
           text::is_digit(cell[2]) && text::is_digit(cell[3]);
}

// Names of columns: all there, all different, none a number but years in a row beside a name. Two
// rows of words alone could be both; tables without a header are rarer.
bool is_header(const Cells& cells) {
    std::set<std::string> seen;
    std::vector<std::string> years;
    for (const std::string& cell : cells) {
        const std::string name = one_line(cell);
        if (name.empty() || name.size() > 200 || !seen.insert(name).second) return false;
        if (is_year(name))
            years.push_back(name);
        else if (is_number(name))
            return false;
    }
    if (years.empty()) return !cells.empty();
    const bool in_a_row =
        std::is_sorted(years.begin(), years.end()) || std::is_sorted(years.rbegin(), years.rend());
    return years.size() > 1 && years.size() < cells.size() && in_a_row;
}

}  // namespace

documents::Extracted table_text(std::string_view utf8) {
    // Excel writes "sep=;" before the table.
    std::optional<char> said;
    if (utf8.starts_with("sep=") && utf8.size() > 5 && (utf8[5] == '\n' || utf8[5] == '\r')) {
        said = utf8[4];
        utf8.remove_prefix(6);
    }
    const auto [delimiter, quote, usual_width] = layout_of(utf8, said);
    std::string title;
    Markup out;
    std::optional<Cells> header;
    bool first = true;
    std::size_t cells_read = 0;
    for (std::uint64_t row = 1; !utf8.empty(); ++row) {
        Cells cells = take_record(utf8, delimiter, quote);
        if (cells.empty()) continue;
        cells_read += cells.size();
        if (cells_read > most_cells)
            fail(LECTERN_RESOURCE_EXHAUSTED, "the table has more than " +
                                                 std::to_string(most_cells) +
                                                 " cells; split it, or make JSON lines of it");
        // What stands alone above the table is what the table is called.
        const auto filled = std::count_if(cells.begin(), cells.end(), [](const std::string& cell) {
            return !documents::only_white_space(cell);
        });
        if (first && filled == 1 && usual_width > 1 && title.empty()) {
            for (const std::string& cell : cells) title += one_line(cell);
            out.paragraph(title);
            continue;
        }
        // A header names rows below it.
        if (std::exchange(first, false) && is_header(cells) && !documents::only_white_space(utf8)) {
            header = std::move(cells);
            continue;
        }
        if (header) {
            Cells named;
            for (std::size_t i = 0; i < cells.size(); ++i) {
                const std::string value = one_line(cells[i]);
                if (value.empty()) continue;
                named.push_back(i < header->size() ? one_line((*header)[i]) + ": " + value : value);
            }
            cells = std::move(named);
        }
        out.place({.kind = LECTERN_PLACE_CELLS, .number = row});
        // A line alone is no row: it would run into the next one.
        if (cells.size() == 1)
            out.item("-", cells.front());
        else
            out.row(cells);
    }
    documents::Extracted found;
    found.title = title;
    found.text = out.take();
    found.places = out.take_places();
    if (found.text.empty()) fail(LECTERN_INVALID_ARGUMENT, "no text: the table has no cells");
    return found;
}

}  // namespace lectern::data
