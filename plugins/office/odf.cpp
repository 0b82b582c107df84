#include "office/formats.hpp"

#include <algorithm>
#include <vector>

#include "office/odf_styles.hpp"
#include "office/pages.hpp"

namespace lectern::office {
namespace {

using documents::counted;
using documents::fail;
using documents::Markup;
using documents::one_line;

constexpr long most_columns = 256;       // of what is repeated
constexpr long most_rows = 100'000'000;  // the same

class OdfReader {
 public:
    explicit OdfReader(const OdfStyles& styles) : styles_(styles) {}

    // `total`: the pages that the file's properties say it has; 0: nothing.
    void read(const Node& body, std::uint64_t total) {
        if (const Node text = child(body, "text")) {
            counting_ = true;
            blocks(text);
            counting_ = false;
            if (!pages_.known(total)) out_.forget_places();
        }
        if (const Node slides = child(body, "presentation"))
            pages(slides, "Slide ", LECTERN_PLACE_SLIDE);
        if (const Node drawing = child(body, "drawing"))
            pages(drawing, "Page ", LECTERN_PLACE_PAGE);
        if (const Node sheets = child(body, "spreadsheet")) read_sheets(sheets);
    }

    [[nodiscard]] Markup& text() noexcept { return out_; }
    [[nodiscard]] const std::string& first_title() const noexcept { return first_title_; }

 private:
    // A paragraph while it is read.
    struct Paragraph {
        std::string text;
        std::vector<Node> frames;
        std::vector<std::pair<std::string, Node>> notes;
    };

    // ---- blocks

    void blocks(const Node& parent) {
        for (const Node& node : parent.children()) block(node);
    }

    void block(const Node& node) {
        const std::string_view name = name_of(node);
        if (name == "h") {
            paragraph(node, static_cast<int>(number(node, "outline-level", 1)), {});
        } else if (name == "p") {
            paragraph(node, 0, {});
        } else if (name == "list") {
            list(node);
        } else if (name == "table") {
            table(node);
        } else if (name == "soft-page-break") {
            if (counting_) pages_.laid_out();
        } else if (name == "section") {
            if (value(node, "display") != "none") blocks(node);
        } else if (name == "frame" || name == "g" || name == "custom-shape" || name == "rect" ||
                   name == "ellipse" || name == "text-box" || name == "numbered-paragraph" ||
                   name == "a") {
            frame(node);
        }
        // Not: tracked-changes, table-of-content and other indexes, forms, sequences.
    }

    // A frame holds a text box, a table, or a picture; a shape holds text.
    void frame(const Node& node) {
        for (const Node& inner : node.children()) {
            if (is(inner, "text-box") || is(inner, "a") || is(inner, "g") || is(inner, "frame") ||
                is(inner, "custom-shape"))
                frame(inner);
            else
                block(inner);
        }
    }

    void paragraph(const Node& node, int heading, const std::string& mark) {
        const std::string_view style = value(node, "style-name");
        if (styles_.hides(style)) return;
        const bool in_flow = counting_ && cell_ == nullptr;
        if (in_flow && styles_.begins_page(style)) pages_.on_new_page();
        Paragraph found;
        inlines(node, found);
        if (cell_ == nullptr && !one_line(found.text).empty()) place_page();
        if (cell_ != nullptr) {
            *cell_ += found.text;
            *cell_ += ' ';
        } else if (heading > 0) {
            out_.heading(heading, found.text);
        } else if (!mark.empty()) {
            out_.item(mark, found.text);
        } else {
            out_.paragraph(found.text);
        }
        if (in_flow) {
            pages_.end_block();
            if (styles_.ends_page(style)) pages_.asked();
        }
        for (const Node& frame_of : found.frames) frame(frame_of);
        for (const auto& [name, note] : found.notes) {
            const std::string words = plain(note);
            if (words.empty()) continue;
            if (cell_ != nullptr)
                later_lines_.push_back(name + ": " + words);
            else
                out_.paragraph(name + ": " + words);
        }
    }

    void inlines(const Node& parent, Paragraph& out) {
        for (const Node& node : parent.children()) {
            if (node.type() == pugi::node_pcdata || node.type() == pugi::node_cdata) {
                // Line ends in the file are white space, not lines.
                std::string text = node.value();
                std::replace(text.begin(), text.end(), '\n', ' ');
                out.text += text;
                if (counting_) pages_.text(text);
                continue;
            }
            const std::string_view name = name_of(node);
            if (name == "s" || name == "tab") {
                out.text += ' ';
            } else if (name == "soft-page-break") {
                if (counting_) pages_.laid_out();
            } else if (name == "line-break") {
                out.text += '\n';
            } else if (name == "note") {
                const bool foot = value(node, "note-class") != "endnote";
                out.notes.emplace_back(foot ? "Footnote" : "Endnote", child(node, "note-body"));
            } else if (name == "annotation") {
                const std::string author = one_line(text_of(child(node, "creator")));
                out.notes.emplace_back(author.empty() ? "Comment" : "Comment by " + author, node);
            } else if (name == "frame" || name == "g" || name == "custom-shape" || name == "rect") {
                out.frames.push_back(node);
            } else if (name == "span" || name == "a" || name == "ruby" || name == "ruby-base" ||
                       name == "meta" || name == "meta-field" || name.ends_with("-ref") ||
                       is_field(name)) {
                if (!styles_.hides(value(node, "style-name"))) inlines(node, out);
            } else if (name == "conditional-text") {
                inlines(node, out);
            }
        }
    }

    static bool is_field(std::string_view name) noexcept {
        for (const std::string_view field : {"date",
                                             "time",
                                             "page-number",
                                             "page-count",
                                             "author-name",
                                             "author-initials",
                                             "title",
                                             "subject",
                                             "description",
                                             "keywords",
                                             "file-name",
                                             "chapter",
                                             "sequence",
                                             "variable-get",
                                             "variable-set",
                                             "user-field-get",
                                             "user-defined",
                                             "placeholder",
                                             "text-input",
                                             "expression",
                                             "sheet-name",
                                             "creator",
                                             "initial-creator",
                                             "bookmark-ref"})
            if (name == field) return true;
        return false;
    }

    std::string plain(const Node& note) {
        std::string text;
        std::string* const before = std::exchange(cell_, &text);
        const bool counting = std::exchange(counting_, false);
        blocks(note);
        cell_ = before;
        counting_ = counting;
        return one_line(text);
    }

    // ---- lists

    void list(const Node& node) {
        // Lists in lists have the style of the outermost one unless they have their own.
        const bool outermost = levels_.empty();
        std::string style(value(node, "style-name"));
        if (style.empty() && !outermost) style = style_;
        const std::string before = std::exchange(style_, style);
        const std::size_t depth = levels_.size();
        const OdfLevel& level = styles_.level(style_, depth);
        const bool goes_on = value(node, "continue-numbering") == "true";
        long first = level.start;
        if (goes_on && outermost && last_number_.contains(style_)) first = last_number_[style_] + 1;
        levels_.push_back(first - 1);
        if (outermost) out_.end();
        for (const Node& item : node.children()) {
            if (is(item, "soft-page-break")) block(item);
            const bool header = is(item, "list-header");
            if (!header && !is(item, "list-item")) continue;
            if (!header) levels_[depth] = number(item, "start-value", levels_[depth] + 1);
            bool marked = header;
            for (const Node& inner : item.children()) {
                if (is(inner, "p") || is(inner, "h")) {
                    const std::string mark = marked ? "" : mark_of(depth);
                    const int heading =
                        is(inner, "h") ? static_cast<int>(number(inner, "outline-level", 1)) : 0;
                    paragraph(inner, heading, mark);
                    marked = true;
                } else {
                    block(inner);
                }
            }
        }
        if (outermost) {
            last_number_[style_] = levels_.back();
            out_.end();
        }
        levels_.pop_back();
        style_ = before;
    }

    [[nodiscard]] std::string mark_of(std::size_t depth) const {
        const OdfLevel& own = styles_.level(style_, depth);
        if (!own.numbered) return "-";
        const auto shown =
            static_cast<std::size_t>(std::clamp(own.shown, 1L, static_cast<long>(depth) + 1));
        std::string numbers;
        for (std::size_t at = depth + 1 - shown; at <= depth; ++at) {
            const OdfLevel& level = styles_.level(style_, at);
            if (!level.numbered) continue;
            if (!numbers.empty()) numbers += '.';
            numbers += counted(levels_[at], level.counting);
        }
        return own.before + numbers + own.behind;
    }

    // ---- tables

    void table(const Node& node) {
        if (cell_ != nullptr) {
            later_tables_.push_back(node);
            return;
        }
        const std::string_view style = value(node, "style-name");
        if (styles_.hides(style)) return;
        if (counting_ && styles_.begins_page(style)) pages_.on_new_page();
        out_.end();
        hidden_columns_.clear();
        merged_.clear();
        columns(node);
        rows(node);
        out_.end();
        if (counting_ && styles_.ends_page(style)) pages_.asked();
        std::vector<std::string> lines;
        lines.swap(later_lines_);
        for (const std::string& text : lines) out_.paragraph(text);
        std::vector<Node> nested;
        nested.swap(later_tables_);
        for (const Node& inner : nested) table(inner);
    }

    void columns(const Node& parent) {
        for (const Node& node : parent.children()) {
            if (is(node, "table-column")) {
                const std::string_view visibility = value(node, "visibility");
                const bool hidden = visibility == "collapse" || visibility == "filter";
                const long times =
                    std::clamp(number(node, "number-columns-repeated", 1), 1L, most_columns);
                hidden_columns_.insert(hidden_columns_.end(), static_cast<std::size_t>(times),
                                       hidden);
            } else if (is(node, "table-columns") || is(node, "table-header-columns") ||
                       is(node, "table-column-group")) {
                columns(node);
            }
            if (hidden_columns_.size() > static_cast<std::size_t>(most_columns)) return;
        }
    }

    [[nodiscard]] bool is_hidden(std::size_t column) const {
        return column < hidden_columns_.size() && hidden_columns_[column];
    }

    void rows(const Node& parent) {
        for (const Node& node : parent.children()) {
            if (is(node, "table-row"))
                row(node);
            else if (is(node, "table-header-rows") || is(node, "table-rows") ||
                     is(node, "table-row-group"))
                rows(node);
            else if (is(node, "soft-page-break"))
                block(node);
            else if (is(node, "shapes"))
                frame(node);
        }
    }

    void row(const Node& node) {
        const std::uint64_t number_of_row = row_ + 1;
        row_ += static_cast<std::uint64_t>(
            std::clamp(number(node, "number-rows-repeated", 1), 1L, most_rows));
        const std::string_view visibility = value(node, "visibility");
        const bool hidden = visibility == "collapse" || visibility == "filter";
        std::vector<std::string> cells;
        for (const Node& cell : node.children()) {
            const bool covered = is(cell, "covered-table-cell");
            if (!covered && !is(cell, "table-cell")) continue;
            // Empty cells are repeated to the sheet's edge.
            const auto times = static_cast<std::size_t>(
                std::clamp(number(cell, "number-columns-repeated", 1), 1L, most_columns));
            const std::size_t column = cells.size();
            const std::size_t wide = std::max(times, spanned(cell, "number-columns-spanned"));
            const std::size_t high = spanned(cell, "number-rows-spanned");
            bool shown = false;
            for (std::size_t i = 0; i < wide; ++i) shown = shown || !is_hidden(column + i);
            if (hidden && high == 1) shown = false;
            std::string text;
            if (!covered && shown) {
                cell_ = &text;
                blocks(cell);
                cell_ = nullptr;
                if (!hidden) annotations(cell);
            }
            if ((hidden || is_hidden(column)) && !one_line(text).empty())
                merged_[column] = {text, number_of_row + high - 1, column + wide};
            for (std::size_t i = 0; i < times; ++i) {
                if (is_hidden(column + i) || hidden)
                    cells.emplace_back();
                else
                    cells.push_back(covered ? take_merged(number_of_row, column + i) : text);
            }
        }
        if (hidden) return;
        const bool empty = std::all_of(cells.begin(), cells.end(),
                                       [](const auto& cell) { return one_line(cell).empty(); });
        if (!empty) place_page();
        if (counting_) pages_.end_block();
        if (empty) return out_.end();
        if (sheet_ != nullptr) place_cells(number_of_row, cells);
        std::vector<std::string> visible;
        for (std::size_t i = 0; i < cells.size(); ++i)
            if (!is_hidden(i)) visible.push_back(std::move(cells[i]));
        // Rows that are all alike say no more by being there twice.
        out_.row(visible);
    }

    static std::size_t spanned(const Node& cell, std::string_view name) {
        return static_cast<std::size_t>(std::clamp(number(cell, name, 1), 1L, most_columns));
    }

    // The text of a merged cell that begins in what is hidden, for the first of it that is shown.
    std::string take_merged(std::uint64_t row, std::size_t column) {
        auto found = merged_.upper_bound(column);
        if (found == merged_.begin()) return {};
        --found;
        if (column >= found->second.last_column) return {};
        std::string out;
        if (row <= found->second.last_row) out = std::move(found->second.text);
        merged_.erase(found);
        return out;
    }

    // What is written next is on the page that is reached.
    void place_page() {
        if (!counting_ || placed_ == pages_.number()) return;
        placed_ = pages_.number();
        out_.place({.kind = LECTERN_PLACE_PAGE, .number = placed_});
    }

    void place_cells(std::uint64_t number_of_row, const std::vector<std::string>& cells) {
        documents::Place place{
            .kind = LECTERN_PLACE_CELLS, .number = number_of_row, .name = *sheet_};
        for (std::size_t i = 0; i < cells.size(); ++i) {
            if (one_line(cells[i]).empty()) continue;
            place.last_column = static_cast<std::uint32_t>(i + 1);
            if (place.first_column == 0) place.first_column = place.last_column;
        }
        out_.place(std::move(place));
    }

    void annotations(const Node& cell) {
        for (const Node& node : cell.children())
            if (is(node, "annotation")) {
                const std::string words = plain(node);
                if (!words.empty()) later_lines_.push_back("Comment: " + words);
            }
    }

    // ---- pages and sheets

    void pages(const Node& parent, const char* name, std::uint32_t kind) {
        std::size_t count = 0;
        for (const Node& page : parent.children()) {
            if (!is(page, "page")) continue;
            ++count;
            if (styles_.hides(value(page, "style-name"))) continue;
            out_.place({.kind = kind, .number = count});
            out_.heading(1, name + std::to_string(count));
            for (const Node& node : page.children()) {
                if (value(node, "class") != "title") continue;
                const std::string words = plain_frame(node);
                if (first_title_.empty()) first_title_ = words;
                out_.heading(2, words);
            }
            for (const Node& node : page.children())
                if (value(node, "class") != "title" && !is(node, "notes")) block(node);
            if (const Node notes = child(page, "notes")) {
                std::string words;
                for (const Node& node : notes.children())
                    if (!is(node, "page-thumbnail")) words += plain_frame(node) + ' ';
                if (!one_line(words).empty()) out_.paragraph("Notes: " + words);
            }
            for (const Node& node : page.children())
                if (is(node, "annotation")) {
                    const std::string words = plain(node);
                    if (!words.empty()) out_.paragraph("Comment: " + words);
                }
        }
    }

    std::string plain_frame(const Node& node) {
        std::string text;
        std::string* const before = std::exchange(cell_, &text);
        frame(node);
        cell_ = before;
        return one_line(text);
    }

    void read_sheets(const Node& sheets) {
        for (const Node& sheet : sheets.children()) {
            if (!is(sheet, "table") || styles_.hides(value(sheet, "style-name"))) continue;
            const std::string name = one_line(value(sheet, "name"));
            OdfReader reader(styles_);
            reader.sheet_ = &name;
            reader.table(sheet);
            if (reader.out_.empty()) continue;
            out_.place({.kind = LECTERN_PLACE_CELLS, .name = name});
            out_.heading(1, name);
            out_.append(std::move(reader.out_));
        }
    }

    const OdfStyles& styles_;
    Markup out_;
    std::string first_title_;
    Pages pages_;
    bool counting_ = false;               // in the text of a text document
    std::uint64_t placed_ = 0;            // the page of the last place
    std::string* cell_ = nullptr;         // text of the open cell, which takes everything
    const std::string* sheet_ = nullptr;  // its name, of a spreadsheet
    std::uint64_t row_ = 0;               // of the sheet, read so far
    std::vector<Node> later_tables_;
    std::vector<std::string> later_lines_;
    std::vector<bool> hidden_columns_;  // of the table at hand
    struct Merged {
        std::string text;
        std::uint64_t last_row = 0;
        std::size_t last_column = 0;  // the one behind
    };
    std::map<std::size_t, Merged> merged_;  // cells of the table that begin in what is hidden
    std::vector<long> levels_;              // numbers of the lists around
    std::string style_;                     // of the list
    std::map<std::string, long> last_number_;
};

Properties properties_of(Archive& archive) {
    Properties out;
    auto text = archive.read("meta.xml");
    if (!text) return out;
    const Xml xml(std::move(*text), "meta.xml");
    const Node meta = child(xml.root(), "meta");
    out.title = text_of(child(meta, "title"));
    out.author = text_of(child(meta, "creator"));
    if (out.author.empty()) out.author = text_of(child(meta, "initial-creator"));
    out.created = text_of(child(meta, "creation-date"));
    out.modified = text_of(child(meta, "date"));
    out.language = text_of(child(meta, "language"));
    out.pages = static_cast<std::uint64_t>(
        std::max(0L, number(child(meta, "document-statistic"), "page-count", 0)));
    return out;
}

void refuse_passwords(Archive& archive) {
    const auto manifest = archive.read("META-INF/manifest.xml");
    if (manifest && manifest->find("encryption-data") != std::string::npos)
        fail(LECTERN_INVALID_ARGUMENT,
             "the file is encrypted with a password; save a copy without it");
}

}  // namespace

documents::Extracted odf_text(Archive& archive) {
    refuse_passwords(archive);
    auto content = archive.read("content.xml");
    if (!content) fail(LECTERN_INVALID_ARGUMENT, "the part \"content.xml\" is missing");
    OdfStyles styles;
    if (auto text = archive.read("styles.xml")) {
        const Xml xml(std::move(*text), "styles.xml");
        styles.add(xml.root());
    }
    const Xml xml(std::move(*content), "content.xml", true);
    styles.add(xml.root());
    OdfReader reader(styles);
    const Node body = child(xml.root(), "body");
    const Properties properties = properties_of(archive);
    reader.read(body, properties.pages);
    std::optional<std::string> heading;
    if (child(body, "text")) heading = reader.text().first_heading();
    if (!reader.first_title().empty()) heading = reader.first_title();
    return finished(reader.text(), properties, heading);
}

}  // namespace lectern::office
