#include "documents/html_text.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "documents/charset.hpp"
#include "documents/html_elements.hpp"
#include "documents/html_nesting.hpp"
#include "documents/html_table.hpp"
#include "documents/html_tree.hpp"
#include "documents/html_writer.hpp"
#include "documents/list_mark.hpp"
#include "documents/payloads.hpp"

namespace lectern::documents {
namespace {

// All text below a node, white space collapsed.
std::string inner_text(const GumboNode& root) {
    HtmlWriter writer;
    walk(
        root,
        [&](const GumboNode& node) {
            if (is_text_node(node)) writer.text(node.v.text.text);
            if (&node != &root && node.type == GUMBO_NODE_ELEMENT &&
                leads_elsewhere(node.v.element))
                return false;
            return children_of(node) != nullptr;
        },
        [](const GumboNode&) {});
    return writer.take();
}

// The first element of that tag with text, as text.
std::string first_of(const GumboNode& root, GumboTag tag) {
    std::string out;
    walk(
        root,
        [&](const GumboNode& node) {
            if (!out.empty()) return false;
            if (node.type == GUMBO_NODE_ELEMENT && node.v.element.tag == tag &&
                node.v.element.tag_namespace == GUMBO_NAMESPACE_HTML) {
                out = inner_text(node);
                return false;
            }
            return children_of(node) != nullptr;
        },
        [](const GumboNode&) {});
    return out;
}

// Counts the items of one list.
class List {
 public:
    explicit List(const GumboNode& list) {
        const GumboElement& element = list.v.element;
        ordered_ = element.tag == GUMBO_TAG_OL;
        if (!ordered_) return;
        type_ = type_of(element, Counting::decimal);
        const bool reversed = gumbo_get_attribute(&element.attributes, "reversed") != nullptr;
        step_ = reversed ? -1 : 1;
        next_ = number(element, "start", reversed ? items_of(element) : 1);
    }

    // "3. ", "c. ", "- ".
    [[nodiscard]] std::string mark(const GumboElement& item) {
        if (!ordered_) return "- ";
        next_ = number(item, "value", next_);
        const std::string out = counted(next_, type_of(item, type_)) + ". ";
        next_ += step_;
        return out;
    }

    // "A. " at the start of a line may be somebody's name: such items stand apart.
    [[nodiscard]] bool apart() const noexcept {
        return type_ == Counting::large_letters || type_ == Counting::large_roman;
    }

 private:
    static Counting type_of(const GumboElement& element, Counting otherwise) noexcept {
        const std::string_view type = attribute(element, "type");
        if (type == "1") return Counting::decimal;
        if (type == "a") return Counting::small_letters;
        if (type == "A") return Counting::large_letters;
        if (type == "i") return Counting::small_roman;
        if (type == "I") return Counting::large_roman;
        return otherwise;
    }

    static long items_of(const GumboElement& element) noexcept {
        long out = 0;
        for (unsigned i = 0; i < element.children.length; ++i) {
            const auto& child = *static_cast<const GumboNode*>(element.children.data[i]);
            if (child.type == GUMBO_NODE_ELEMENT && child.v.element.tag == GUMBO_TAG_LI) ++out;
        }
        return out;
    }

    bool ordered_ = false;
    Counting type_ = Counting::decimal;
    long next_ = 1;
    long step_ = 1;
};

class Reader {
 public:
    // `all`: also what leads to other places.
    explicit Reader(bool all) : all_(all) {}

    void read(const GumboNode& root) {
        walk(
            root, [&](const GumboNode& node) { return enter(node); },
            [&](const GumboNode& node) { leave(node); });
    }

    [[nodiscard]] std::string take() { return writer_.take(); }

 private:
    [[nodiscard]] bool enter(const GumboNode& node) {
        if (is_text_node(node)) {
            if (preformatted_ > 0)
                writer().verbatim(node.v.text.text);
            else
                writer().text(node.v.text.text);
            return false;
        }
        if (node.type == GUMBO_NODE_DOCUMENT) return true;
        if (node.type != GUMBO_NODE_ELEMENT) return false;
        const GumboElement& element = node.v.element;
        const Display display = display_of(element);
        if (display == Display::dropped || is_hidden(element)) return false;
        if (!all_ && element.tag != GUMBO_TAG_BODY && leads_elsewhere(element)) return false;
        if (display == Display::table) return enter_table(node);
        begin(display, node);
        return true;
    }

    // A table in a cell is read behind the table that it stands in.
    [[nodiscard]] bool enter_table(const GumboNode& node) {
        constexpr int deepest = 16;
        writer().block();
        if (cell_) {
            later_.push_back(&node);
            return false;
        }
        if (placing_ >= deepest || places_a_page(node)) {
            ++placing_;
        } else {
            table_.emplace();
            table_node_ = &node;
        }
        return true;
    }

    void leave(const GumboNode& node) {
        if (node.type != GUMBO_NODE_ELEMENT) return;
        const GumboElement& element = node.v.element;
        switch (display_of(element)) {
            case Display::block: writer().block(); break;
            case Display::heading:
                writer().block();
                writer().mark({});
                break;
            case Display::preformatted:
                --preformatted_;
                writer().block();
                break;
            case Display::list:
                lists_.pop_back();
                writer().block();
                break;
            case Display::item:
                lists_.empty() || !lists_.back().apart() ? writer().line() : writer().block();
                writer().mark({});
                break;
            case Display::table: leave_table(node); break;
            case Display::row: leave_row(); break;
            case Display::cell: leave_cell(); break;
            default: break;
        }
    }

    void leave_table(const GumboNode& node) {
        writer_.block();
        if (table_node_ != &node) {
            --placing_;
            return;
        }
        table_.reset();
        table_node_ = nullptr;
        std::vector<const GumboNode*> nested;
        nested.swap(later_);
        for (const GumboNode* inner : nested) tables_.push_back(inner);
        // Not from within one of them: each is read when the one before it has ended.
        if (reading_later_) return;
        reading_later_ = true;
        for (std::size_t i = 0; i < tables_.size(); ++i) read(*tables_[i]);
        tables_.clear();
        reading_later_ = false;
    }

    void leave_row() {
        if (!table_) return writer_.line();
        const std::string row = table_->end_row();
        if (row.empty()) return;
        writer_.line();
        writer_.text(row);
        writer_.line();
    }

    void leave_cell() {
        if (!cell_) return writer_.line();
        table_->end_cell(cell_->take());
        cell_.reset();
    }

    void begin(Display display, const GumboNode& node) {
        const GumboElement& element = node.v.element;
        switch (display) {
            case Display::block: writer().block(); break;
            case Display::preformatted:
                ++preformatted_;
                writer().block();
                break;
            case Display::line: writer().line(); break;
            case Display::row: table_ ? table_->begin_row() : writer_.line(); break;
            case Display::cell:
                if (!table_) return writer_.line();
                table_->begin_cell(element);
                cell_.emplace(true);
                break;
            case Display::heading: {
                // The heading of an item keeps the item's number.
                std::string number = writer().waiting_mark();
                if (number.starts_with('-') || number.starts_with('#')) number.clear();
                writer().block();
                writer().mark(std::string(heading_mark(element.tag)) + number);
                break;
            }
            case Display::list:
                lists_.emplace_back(node);
                writer().block();
                break;
            case Display::item:
                lists_.empty() || !lists_.back().apart() ? writer().line() : writer().block();
                writer().mark(lists_.empty() ? "- " : lists_.back().mark(element));
                break;
            default: break;
        }
    }

    HtmlWriter& writer() noexcept { return cell_ ? *cell_ : writer_; }

    bool all_;
    HtmlWriter writer_;
    int preformatted_ = 0;  // <pre> elements around
    std::vector<List> lists_;
    int placing_ = 0;  // tables around that place parts of the page
    std::optional<HtmlTable> table_;
    const GumboNode* table_node_ = nullptr;
    std::optional<HtmlWriter> cell_;        // of table_
    std::vector<const GumboNode*> later_;   // tables in its cells
    std::vector<const GumboNode*> tables_;  // in cells of tables that have ended
    bool reading_later_ = false;
};

}  // namespace

Extracted html_text(std::string_view bytes, std::string_view charset, const HtmlLimits& limits) {
    std::string storage;
    const Decoded decoded = decode(bytes, charset, html_declared(bytes), storage);
    const std::string_view utf8 = decoded.text;
    if (only_white_space(utf8)) fail(LECTERN_INVALID_ARGUMENT, "no text: the file is empty");

    std::string storage_of_page;
    const HtmlTree tree(within_depth(utf8, storage_of_page), limits);
    Extracted out;
    out.metadata = metadata_of(decoded);
    out.replaced = decoded.replaced;
    // A page may be nothing but a table of contents.
    for (const bool all : {false, true}) {
        if (!only_white_space(out.text)) break;
        Reader reader(all);
        reader.read(tree.document());
        std::string storage_of_text;
        std::string text = reader.take();
        const std::string_view kept = without_payloads(text, storage_of_text);
        out.text = kept.data() == text.data() ? std::move(text) : std::move(storage_of_text);
    }
    if (only_white_space(out.text))
        fail(LECTERN_INVALID_ARGUMENT,
             "no text: the page shows none without its scripts and pictures");
    out.title = first_of(tree.document(), GUMBO_TAG_TITLE);
    if (out.title.empty()) out.title = first_of(tree.document(), GUMBO_TAG_H1);
    return out;
}

}  // namespace lectern::documents
