#include "office/formats.hpp"

#include <algorithm>
#include <cstdlib>
#include <set>
#include <vector>

#include "office/docx_numbering.hpp"
#include "office/docx_styles.hpp"
#include "office/ooxml.hpp"
#include "office/pages.hpp"

namespace lectern::office {
namespace {

using documents::Markup;
using documents::one_line;

// Notes or comments by their ids.
class DocxNotes {
 public:
    DocxNotes(Archive& archive, const std::string& part) {
        auto text = part.empty() ? std::nullopt : archive.read(part);
        if (!text) return;
        xml_.emplace(std::move(*text), part);
        for (const Node& node : xml_->root().children()) {
            // Lines between text and notes are notes too, of a type.
            const std::string_view type = value(node, "type");
            if (type.empty() || type == "normal") notes_[std::string(value(node, "id"))] = node;
        }
    }
    [[nodiscard]] Node of(std::string_view id) const {
        const auto found = notes_.find(id);
        return found == notes_.end() ? Node{} : found->second;
    }

 private:
    std::optional<Xml> xml_;
    std::map<std::string, Node, std::less<>> notes_;
};

class DocxReader {
 public:
    DocxReader(Archive& archive, const std::string& part, const Relations& relations)
        : archive_(archive),
          part_(part),
          styles_(archive, relations.first("styles")),
          numbering_(archive, relations.first("numbering")),
          footnotes_(archive, relations.first("footnotes")),
          endnotes_(archive, relations.first("endnotes")),
          comments_(archive, relations.first("comments")) {}

    void read(const Relations& relations) {
        auto text = archive_.read(part_);
        if (!text)
            documents::fail(LECTERN_INVALID_ARGUMENT, "the part \"" + part_ + "\" is missing");
        const Xml xml(std::move(*text), part_);
        blocks(child(xml.root(), "body"));
        if (pages_.known(pages_of_properties()))
            out_.place({});
        else
            out_.forget_places();
        counting_ = false;
        running_heads(relations);
    }

    [[nodiscard]] Markup& text() noexcept { return out_; }

 private:
    // A paragraph while it is read: its text, and what follows it.
    struct Paragraph {
        std::string text;
        std::vector<Node> boxes;
        std::vector<std::pair<std::string, Node>> notes;  // with what they are called
    };

    void blocks(const Node& parent) {
        for (const Node& node : parent.children()) {
            const std::string_view name = name_of(node);
            if (name == "p")
                paragraph(node);
            else if (name == "tbl")
                table(node);
            else if (name == "sdt")
                blocks(child(node, "sdtContent"));
            else if (name == "customXml" || name == "ins" || name == "moveTo" || name == "smartTag")
                blocks(node);
            else if (name == "AlternateContent")
                blocks(chosen(node));
        }
    }

    void paragraph(const Node& node) {
        const Node properties = child(node, "pPr");
        const DocxStyle& style = styles_.of(value(child(properties, "pStyle"), "val"));
        if (style.contents) return;
        if (counting_ && cell_ == nullptr) {
            const Node own = child(properties, "pageBreakBefore");
            if (own ? is_on(own) : style.new_page) pages_.on_new_page();
        }
        Paragraph found = std::exchange(joined_, {});
        if (!style.hidden) runs(node, found);
        if (joins_next(node, properties)) {
            joined_ = std::move(found);
            return;
        }
        write(found, properties, style);
        end_of_block();
        if (counting_ && ends_page(child(properties, "sectPr"))) pages_.asked();
        for (const Node& box : found.boxes) blocks(box);
        for (const auto& [name, note] : found.notes) {
            const std::string words = plain(note);
            if (!words.empty()) line(name + ": " + words);
        }
    }

    // Whether a revision deleted the end of the paragraph: it goes on in the next one.
    static bool joins_next(const Node& node, const Node& properties) {
        const Node mark = child(properties, "rPr");
        if (!child(mark, "del") && !child(mark, "moveFrom")) return false;
        for (Node next = node.next_sibling(); next; next = next.next_sibling()) {
            if (is(next, "p")) return true;
            if (is(next, "tbl") || is(next, "sdt") || is(next, "sectPr")) return false;
        }
        return false;
    }

    void write(const Paragraph& found, const Node& properties, const DocxStyle& style) {
        std::string list = style.list;
        long level = style.level;
        if (const Node own = child(properties, "numPr")) {
            if (const Node id = child(own, "numId")) list = value(id, "val");
            level = number(child(own, "ilvl"), "val", level);
        }
        const bool empty = one_line(found.text).empty();
        // An empty paragraph of a list shows its number, and says nothing.
        const std::string mark = list.empty() || list == "0" ? "" : numbering_.next(list, level);
        if (empty) return;
        if (cell_ != nullptr) {
            *cell_ += found.text;
            *cell_ += ' ';
            return;
        }
        int heading = style.heading;
        if (const Node outline = child(properties, "outlineLvl")) {
            const long own = number(outline, "val", 9);
            heading = own >= 0 && own < 9 ? static_cast<int>(own) + 1 : 0;
        }
        place_page();
        if (heading > 0) {
            const bool numbered = !mark.empty() && mark != "-";
            out_.heading(heading, numbered ? mark + " " + found.text : found.text);
        } else if (!mark.empty()) {
            out_.item(mark, found.text);
        } else {
            out_.paragraph(found.text);
        }
    }

    void line(const std::string& text) {
        if (cell_ != nullptr)
            later_lines_.push_back(text);
        else
            out_.paragraph(text);
    }

    void runs(const Node& parent, Paragraph& out) {
        for (const Node& node : parent.children()) {
            const std::string_view name = name_of(node);
            if (name == "r") {
                run(node, out);
            } else if (name == "oMath" || name == "oMathPara") {
                out.text += text_of(node);
            } else if (name == "AlternateContent") {
                runs(chosen(node), out);
            } else if (name == "hyperlink" || name == "ins" || name == "moveTo" ||
                       name == "smartTag" || name == "fldSimple" || name == "sdt" ||
                       name == "sdtContent" || name == "customXml" || name == "dir" ||
                       name == "bdo") {
                runs(node, out);
            }
        }
    }

    void run(const Node& node, Paragraph& out) {
        const Node properties = child(node, "rPr");
        if (child(properties, "vanish")
                ? vanishes(properties)
                : styles_.of(value(child(properties, "rStyle"), "val")).hidden)
            return;
        parts(node, out);
    }

    void parts(const Node& run, Paragraph& out) {
        for (const Node& node : run.children()) {
            const std::string_view name = name_of(node);
            if (name == "t") {
                out.text += node.child_value();
                if (counting_) pages_.text(node.child_value());
            } else if (name == "tab" || name == "ptab") {
                out.text += ' ';
            } else if (name == "br" || name == "cr") {
                out.text += '\n';
                if (counting_ && value(node, "type") == "page") pages_.asked();
            } else if (name == "lastRenderedPageBreak") {
                if (counting_) pages_.laid_out();
            } else if (name == "noBreakHyphen") {
                out.text += '-';
            } else if (name == "footnoteReference") {
                note("Footnote", footnotes_.of(value(node, "id")), out);
            } else if (name == "endnoteReference") {
                note("Endnote", endnotes_.of(value(node, "id")), out);
            } else if (name == "commentReference") {
                comment(comments_.of(value(node, "id")), out);
            } else if (name == "AlternateContent") {
                parts(chosen(node), out);
            } else if (name == "drawing" || name == "pict" || name == "object") {
                boxes(node, out);
            } else if (name == "ruby") {
                runs(child(node, "rubyBase"), out);
            }
        }
    }

    void note(const char* name, const Node& note, Paragraph& out) {
        if (note) out.notes.emplace_back(name, note);
    }
    static void comment(const Node& note, Paragraph& out) {
        if (!note) return;
        const std::string author = one_line(value(note, "author"));
        out.notes.emplace_back(author.empty() ? "Comment" : "Comment by " + author, note);
    }

    static void boxes(const Node& parent, Paragraph& out) {
        for (const Node& node : parent.children()) {
            if (is(node, "txbxContent"))
                out.boxes.push_back(node);
            else if (is(node, "AlternateContent"))
                boxes(chosen(node), out);
            else
                boxes(node, out);
        }
    }

    // The text of a note or a running head in one line.
    std::string plain(const Node& note) {
        std::string text;
        std::string* const before = std::exchange(cell_, &text);
        const bool counting = std::exchange(counting_, false);
        blocks(note);
        cell_ = before;
        counting_ = counting;
        return one_line(text);
    }

    // ---- tables

    void table(const Node& node) {
        if (cell_ != nullptr) {
            later_tables_.push_back(node);
            return;
        }
        std::vector<Node> rows;
        collect(node, "tr", rows);
        std::size_t most = 0;
        for (const Node& row : rows) {
            std::vector<Node> cells;
            collect(row, "tc", cells);
            most = std::max(most, cells.size());
        }
        out_.end();
        for (const Node& row : rows) {
            const Node properties = child(row, "trPr");
            if (child(properties, "del") || is_on(child(properties, "hidden"))) continue;
            table_row(row, properties, most <= 1);
        }
        out_.end();
        // What stood in cells and is no line comes behind the table.
        std::vector<std::string> lines;
        lines.swap(later_lines_);
        for (const std::string& text : lines) out_.paragraph(text);
        std::vector<Node> nested;
        nested.swap(later_tables_);
        for (const Node& inner : nested) table(inner);
    }

    void table_row(const Node& row, const Node& properties, bool one_column) {
        std::vector<Node> cells;
        collect(row, "tc", cells);
        if (one_column) {
            for (const Node& cell : cells) blocks(cell);
            return;
        }
        constexpr long most_columns = 64;
        std::vector<std::string> texts;
        const auto skip = [&](long columns) {
            for (long i = 0; i < std::min(columns, most_columns); ++i) texts.emplace_back();
        };
        skip(number(child(properties, "gridBefore"), "val", 0));
        for (const Node& cell : cells) {
            const Node about = child(cell, "tcPr");
            const Node merged = child(about, "vMerge");
            texts.emplace_back();
            if (!merged || value(merged, "val") == "restart") texts.back() = in_cell(cell);
            skip(number(child(about, "gridSpan"), "val", 1) - 1);
        }
        place_page();
        out_.row(texts);
        end_of_block();
    }

    std::string in_cell(const Node& cell) {
        std::string text;
        cell_ = &text;
        blocks(cell);
        cell_ = nullptr;
        return text;
    }

    // Rows or cells, also those in content controls and revisions.
    static void collect(const Node& parent, std::string_view name, std::vector<Node>& out) {
        for (const Node& node : parent.children()) {
            if (is(node, name))
                out.push_back(node);
            else if (is(node, "sdt"))
                collect(child(node, "sdtContent"), name, out);
            else if (is(node, "ins") || is(node, "customXml"))
                collect(node, name, out);
        }
    }

    // ---- pages

    // What is written next is on the page that is reached.
    void place_page() {
        if (!counting_ || placed_ == pages_.number()) return;
        placed_ = pages_.number();
        out_.place({.kind = LECTERN_PLACE_PAGE, .number = placed_});
    }
    void end_of_block() {
        if (counting_ && cell_ == nullptr) pages_.end_block();
    }
    // The end of a section begins a page, unless it says otherwise.
    static bool ends_page(const Node& section) {
        if (!section) return false;
        const std::string_view type = value(child(section, "type"), "val");
        return type != "continuous" && type != "nextColumn";
    }
    // As the program counted them that saved the file; 0: it did not.
    std::uint64_t pages_of_properties() {
        auto text = archive_.read("docProps/app.xml");
        if (!text) return 0;
        const Xml xml(std::move(*text), "docProps/app.xml");
        const std::string pages = text_of(child(xml.root(), "Pages"));
        return std::strtoull(pages.c_str(), nullptr, 10);
    }

    // ---- running heads

    void running_heads(const Relations& relations) {
        std::set<std::string> seen;
        for (const char* type : {"header", "footer"})
            for (const std::string& part : relations.all(type)) {
                auto text = archive_.read(part);
                if (!text) continue;
                const Xml xml(std::move(*text), part);
                const std::string line = plain(xml.root());
                const bool words = std::any_of(line.begin(), line.end(), [](char c) {
                    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           static_cast<signed char>(c) < 0;
                });
                if (words && seen.insert(line).second) out_.paragraph(line);
                later_tables_.clear();
                later_lines_.clear();
            }
    }

    Archive& archive_;
    const std::string& part_;
    DocxStyles styles_;
    DocxNumbering numbering_;
    DocxNotes footnotes_;
    DocxNotes endnotes_;
    DocxNotes comments_;
    Markup out_;
    Pages pages_;
    bool counting_ = true;         // not in notes and running heads, which stand elsewhere
    std::uint64_t placed_ = 0;     // the page of the last place
    Paragraph joined_;             // whose end is deleted
    std::string* cell_ = nullptr;  // text of the open cell, which takes everything
    std::vector<Node> later_tables_;
    std::vector<std::string> later_lines_;
};

}  // namespace

documents::Extracted docx_text(Archive& archive, const std::string& part) {
    const Relations relations(archive, part);
    DocxReader reader(archive, part, relations);
    reader.read(relations);
    const std::string heading = reader.text().first_heading();
    return finished(reader.text(), core_properties(archive), heading);
}

}  // namespace lectern::office
