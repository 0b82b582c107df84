#include "office/formats.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "office/cell_format.hpp"
#include "office/drawing_text.hpp"
#include "office/ooxml.hpp"
#include "text/ascii.hpp"

namespace lectern::office {
namespace {

using documents::Markup;
using documents::one_line;

constexpr std::size_t last_column = 16384;
// Empty cells between others are kept, as their column says what they are; in a row of very few
// cells far apart they are not.
constexpr std::size_t most_empty = 256;

// The words of a shared or inline string, without how they are read aloud.
std::string rich_text(const Node& node) {
    std::string out;
    for (const Node& part : node.children()) {
        if (is(part, "t")) out += part.child_value();
        if (is(part, "r")) out += child(part, "t").child_value();
    }
    return out;
}

// "BC12" -> 12; 0 when there is no reference.
std::uint64_t row_of(std::string_view reference) noexcept {
    std::uint64_t out = 0;
    for (const char c : reference)
        if (text::is_digit(c) && out < 100'000'000) out = out * 10 + static_cast<unsigned>(c - '0');
    return out;
}

// "BC12" -> 54; `otherwise` when there is no reference.
std::size_t column_of(std::string_view reference, std::size_t otherwise) noexcept {
    std::size_t out = 0;
    for (const char c : reference) {
        if (c < 'A' || c > 'Z') break;
        out = out * 26 + static_cast<std::size_t>(c - 'A' + 1);
        if (out > last_column) return otherwise;
    }
    return out == 0 ? otherwise : out - 1;
}

class Workbook {
 public:
    Workbook(Archive& archive, const std::string& part)
        : archive_(archive),
          part_(part),
          relations_(archive, part),
          formats_(cell_formats(archive, relations_.first("styles"))) {
        const std::string strings = relations_.first("sharedStrings");
        auto text = strings.empty() ? std::nullopt : archive.read(strings);
        if (!text) return;
        const Xml xml(std::move(*text), strings);
        for (const Node& node : xml.root().children())
            if (is(node, "si")) strings_.push_back(rich_text(node));
    }

    void write(Markup& out) {
        auto text = archive_.read(part_);
        if (!text)
            documents::fail(LECTERN_INVALID_ARGUMENT, "the part \"" + part_ + "\" is missing");
        const Xml xml(std::move(*text), part_);
        const Node about = child(xml.root(), "workbookPr");
        from_1904_ = has_value(about, "date1904") && is_on(about, "date1904");
        for (const Node& sheet : child(xml.root(), "sheets").children()) {
            const std::string_view state = value(sheet, "state");
            if (state == "hidden" || state == "veryHidden") continue;
            std::string target = relations_.target(value(sheet, "id"));
            if (!target.empty()) write_sheet(std::string(value(sheet, "name")), target, out);
        }
    }

 private:
    void write_sheet(const std::string& name, const std::string& part, Markup& out) {
        auto text = archive_.read(part);
        if (!text) return;
        Markup sheet;
        {
            const Xml xml(std::move(*text), part);
            write_rows(xml.root(), name, sheet);
        }
        const Relations relations(archive_, part);
        sheet.place({.kind = LECTERN_PLACE_CELLS, .name = name});
        for (const std::string& drawing : relations.all("drawing")) write_boxes(drawing, sheet);
        for (const std::string& comments : relations.all("comments"))
            write_comments(comments, name, sheet);
        if (sheet.empty()) return;
        out.place({.kind = LECTERN_PLACE_CELLS, .name = name});
        out.heading(1, name);
        out.append(std::move(sheet));
    }

    using Cell = std::pair<long, std::size_t>;  // row, counted from 1, and column, from 0
    // What of a sheet is not shown, and the text that is shown elsewhere for it: that of a merged
    // cell which begins there.
    struct Hidden {
        std::set<std::size_t> columns;
        std::set<long> rows;
        std::map<Cell, Cell> merged;  // the last cell of each by its first
        std::map<Cell, std::string> moved;

        // Keeps the text of a hidden cell for the first one of its merged cell that is shown.
        void move(const Cell& from, std::string text) {
            const auto found = merged.find(from);
            if (found == merged.end()) return;
            Cell to = from;
            while (to.first <= found->second.first && rows.contains(to.first)) ++to.first;
            while (to.second <= found->second.second && columns.contains(to.second)) ++to.second;
            if (to.first <= found->second.first && to.second <= found->second.second)
                moved[to] = std::move(text);
        }
        [[nodiscard]] std::string take(const Cell& at) {
            const auto found = moved.find(at);
            if (found == moved.end()) return {};
            std::string out = std::move(found->second);
            moved.erase(found);
            return out;
        }
    };

    static Hidden hidden_in(const Node& root) {
        Hidden out;
        for (const Node& column : child(root, "cols").children()) {
            if (!has_value(column, "hidden") || !is_on(column, "hidden")) continue;
            const long first = number(column, "min", 1);
            const long last = std::min(number(column, "max", 0), static_cast<long>(last_column));
            for (long i = std::max(first, 1L); i <= last; ++i)
                out.columns.insert(static_cast<std::size_t>(i - 1));
        }
        long at = 0;
        for (const Node& row : child(root, "sheetData").children()) {
            if (!is(row, "row")) continue;
            at = number(row, "r", at + 1);
            if (has_value(row, "hidden") && is_on(row, "hidden")) out.rows.insert(at);
        }
        if (out.columns.empty() && out.rows.empty()) return out;
        for (const Node& merge : child(root, "mergeCells").children()) {
            const std::string_view reference = value(merge, "ref");
            const std::size_t colon = reference.find(':');
            if (colon == std::string_view::npos) continue;
            const auto cell = [](std::string_view one) {
                return Cell{static_cast<long>(row_of(one)), column_of(one, last_column)};
            };
            out.merged[cell(reference.substr(0, colon))] = cell(reference.substr(colon + 1));
        }
        return out;
    }

    void write_rows(const Node& root, const std::string& name, Markup& out) const {
        Hidden hidden = hidden_in(root);
        long before = 0;
        for (const Node& row : child(root, "sheetData").children()) {
            if (!is(row, "row")) continue;
            const long at = number(row, "r", before + 1);
            const Row found = row_in(row, at, hidden);
            if (hidden.rows.contains(at)) {
                before = at;
                continue;
            }
            // Another table begins behind an empty row.
            if (found.first_column == 0 || at > before + 1) out.end();
            if (found.first_column > 0) {
                out.place({.kind = LECTERN_PLACE_CELLS,
                           .number = static_cast<std::uint64_t>(std::max(at, 0L)),
                           .name = name,
                           .first_column = found.first_column,
                           .last_column = found.last_column});
                out.row(found.cells);
            }
            before = at;
        }
        out.end();
        // In rows that the file does not name, as nothing else is in them.
        for (const auto& [cell, text] : hidden.moved) {
            out.place({.kind = LECTERN_PLACE_CELLS,
                       .number = static_cast<std::uint64_t>(std::max(cell.first, 0L)),
                       .name = name,
                       .first_column = static_cast<std::uint32_t>(cell.second + 1),
                       .last_column = static_cast<std::uint32_t>(cell.second + 1)});
            out.row({text});
        }
        out.end();
    }

    struct Row {
        std::vector<std::string> cells;
        std::uint32_t first_column = 0;  // with text, counted from 1; 0: none
        std::uint32_t last_column = 0;
    };
    [[nodiscard]] Row row_in(const Node& row, long at, Hidden& hidden) const {
        Row out;
        std::size_t next = 0;  // column
        std::size_t skipped = 0;
        const auto add = [&out](std::size_t column, std::string text) {
            out.cells.push_back(std::move(text));
            if (one_line(out.cells.back()).empty()) return;
            out.last_column = static_cast<std::uint32_t>(column + 1);
            if (out.first_column == 0) out.first_column = out.last_column;
        };
        const auto skip_to = [&](std::size_t column) {
            for (; next < column; ++next) {
                if (std::string text = hidden.take({at, next}); !text.empty())
                    add(next, std::move(text));
                else if (++skipped <= most_empty && !hidden.columns.contains(next))
                    out.cells.emplace_back();
            }
        };
        const bool in_hidden_row = hidden.rows.contains(at);
        for (const Node& cell : row.children()) {
            if (!is(cell, "c")) continue;
            const std::size_t column = std::max(column_of(value(cell, "r"), next), next);
            if (in_hidden_row || hidden.columns.contains(column)) {
                if (hidden.merged.contains({at, column})) hidden.move({at, column}, text_in(cell));
                if (!in_hidden_row) skip_to(column);
                next = column + 1;
                continue;
            }
            skip_to(column);
            std::string text = text_in(cell);
            if (std::string moved = hidden.take({at, column}); !moved.empty())
                text = std::move(moved);
            add(column, std::move(text));
            next = column + 1;
        }
        // Behind the last cell that the row names.
        for (auto rest = hidden.moved.lower_bound({at, next});
             !in_hidden_row && rest != hidden.moved.end() && rest->first.first == at;
             rest = hidden.moved.lower_bound({at, next}))
            skip_to(rest->first.second + 1);
        return out;
    }

    [[nodiscard]] std::string text_in(const Node& cell) const {
        const std::string_view type = value(cell, "t");
        if (type == "inlineStr") return rich_text(child(cell, "is"));
        const std::string content = child(cell, "v").child_value();
        if (type == "s") {
            const std::string_view digits = documents::trimmed(content);
            if (digits.empty() || digits.size() > 9 ||
                !std::all_of(digits.begin(), digits.end(), text::is_digit))
                return {};
            const std::size_t index = std::stoul(std::string(digits));
            return index < strings_.size() ? strings_[index] : std::string{};
        }
        if (type == "b") return content == "1" ? "TRUE" : "FALSE";
        if (type == "str" || type == "e" || type == "d") return content;
        if (content.empty()) return {};
        const long style = number(cell, "s", 0);
        const CellFormat format = style >= 0 && static_cast<std::size_t>(style) < formats_.size()
                                      ? formats_[static_cast<std::size_t>(style)]
                                      : CellFormat::general;
        return shown(content, format, from_1904_);
    }

    void write_boxes(const std::string& part, Markup& out) {
        auto text = archive_.read(part);
        if (!text) return;
        const Xml xml(std::move(*text), part);
        bodies(xml.root(), out);
    }
    static void bodies(const Node& parent, Markup& out) {
        for (const Node& node : parent.children()) {
            if (is(node, "txBody"))
                write_drawing_body(node, false, out);
            else
                bodies(is(node, "AlternateContent") ? chosen(node) : node, out);
        }
    }

    void write_comments(const std::string& part, const std::string& name, Markup& out) {
        auto text = archive_.read(part);
        if (!text) return;
        const Xml xml(std::move(*text), part);
        for (const Node& comment : child(xml.root(), "commentList").children()) {
            const std::string words = one_line(rich_text(child(comment, "text")));
            if (words.empty()) continue;
            const std::string_view cell = value(comment, "ref");
            const std::size_t none = last_column;
            const std::size_t column = column_of(cell, none);
            out.place(
                {.kind = LECTERN_PLACE_CELLS,
                 .number = row_of(cell),
                 .name = name,
                 .first_column = column == none ? 0 : static_cast<std::uint32_t>(column + 1)});
            out.paragraph("Comment on " + std::string(cell) + ": " + words);
        }
    }

    Archive& archive_;
    const std::string& part_;
    Relations relations_;
    std::vector<CellFormat> formats_;
    std::vector<std::string> strings_;
    bool from_1904_ = false;
};

}  // namespace

documents::Extracted xlsx_text(Archive& archive, const std::string& part) {
    Markup out;
    Workbook(archive, part).write(out);
    return finished(out, core_properties(archive), std::nullopt);
}

}  // namespace lectern::office
