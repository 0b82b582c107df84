#include "office/xlsx.hpp"

#include <algorithm>
#include <set>
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
            write_rows(xml.root(), sheet);
        }
        const Relations relations(archive_, part);
        for (const std::string& drawing : relations.all("drawing")) write_boxes(drawing, sheet);
        for (const std::string& comments : relations.all("comments"))
            write_comments(comments, sheet);
        const std::string rows = sheet.take();
        if (rows.empty()) return;
        out.heading(1, name);
        out.block(rows);
    }

    void write_rows(const Node& root, Markup& out) const {
        std::set<std::size_t> hidden;
        for (const Node& column : child(root, "cols").children()) {
            if (!has_value(column, "hidden") || !is_on(column, "hidden")) continue;
            const long first = number(column, "min", 1);
            const long last = std::min(number(column, "max", 0), static_cast<long>(last_column));
            for (long i = std::max(first, 1L); i <= last; ++i)
                hidden.insert(static_cast<std::size_t>(i - 1));
        }
        long before = 0;
        for (const Node& row : child(root, "sheetData").children()) {
            if (!is(row, "row")) continue;
            const long at = number(row, "r", before + 1);
            if (has_value(row, "hidden") && is_on(row, "hidden")) {
                before = at;
                continue;
            }
            const std::vector<std::string> cells = cells_of(row, hidden);
            const bool empty = std::all_of(cells.begin(), cells.end(),
                                           [](const auto& cell) { return one_line(cell).empty(); });
            // Another table begins behind an empty row.
            if (empty || at > before + 1) out.end();
            if (!empty) out.row(cells);
            before = at;
        }
        out.end();
    }

    [[nodiscard]] std::vector<std::string> cells_of(const Node& row,
                                                    const std::set<std::size_t>& hidden) const {
        std::vector<std::string> out;
        std::size_t next = 0;  // column
        std::size_t skipped = 0;
        for (const Node& cell : row.children()) {
            if (!is(cell, "c")) continue;
            const std::size_t column = std::max(column_of(value(cell, "r"), next), next);
            for (; next < column; ++next)
                if (++skipped <= most_empty && !hidden.contains(next)) out.emplace_back();
            if (!hidden.contains(column)) out.push_back(text_in(cell));
            next = column + 1;
        }
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

    void write_comments(const std::string& part, Markup& out) {
        auto text = archive_.read(part);
        if (!text) return;
        const Xml xml(std::move(*text), part);
        for (const Node& comment : child(xml.root(), "commentList").children()) {
            const std::string words = one_line(rich_text(child(comment, "text")));
            if (!words.empty())
                out.paragraph("Comment on " + std::string(value(comment, "ref")) + ": " + words);
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
