#include "documents/html_text.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "documents/file_name.hpp"
#include "documents/html_charset.hpp"
#include "documents/html_tree.hpp"

namespace lectern::documents {
namespace {

// Text with the white space of HTML collapsed: breaks and spaces are asked for, and written only
// before the next text.
class Writer {
 public:
    void block() { breaks_ = std::max(breaks_, 2); }
    void line() { breaks_ = std::max(breaks_, 1); }
    void space() { space_ = true; }

    // A mark in front of the next text: "## ", "- ". Dropped when another block begins before it.
    void mark(std::string_view mark) { mark_ = mark; }
    void cell() { cell_ = true; }
    void row() {
        line();
        cell_ = false;
    }

    void text(std::string_view text) {
        for (std::size_t i = 0; i < text.size();) {
            const std::size_t width = space_width(text.substr(i));
            if (width > 0) {
                space_ = true;
                i += width;
                continue;
            }
            if (text.substr(i).starts_with("\xC2\xAD")) {  // a soft hyphen
                i += 2;
                continue;
            }
            put(text[i++]);
        }
    }

    void verbatim(std::string_view text) {
        for (const char c : text) {
            if (c == '\n')
                out_.empty() ? void() : line_of_code();
            else
                put_code(c);
        }
    }

    [[nodiscard]] std::string take() { return std::move(out_); }

 private:
    // Bytes of the white space at the front: ASCII's, or a no-break space.
    static std::size_t space_width(std::string_view text) noexcept {
        const char c = text.front();
        if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f') return 1;
        return text.starts_with("\xC2\xA0") ? 2 : 0;
    }

    void settle() {
        while (breaks_ > 0 && out_.ends_with('\n')) out_.pop_back();  // the end of <pre>
        if (!out_.empty() && breaks_ > 0)
            out_.append(static_cast<std::size_t>(breaks_), '\n');
        else if (!out_.empty() && cell_)
            out_ += " | ";
        else if (!out_.empty() && space_ && out_.back() != '\n' && mark_.empty())
            out_ += ' ';
        out_ += mark_;
        mark_ = {};
        breaks_ = 0;
        space_ = false;
        cell_ = false;
    }
    void put(char c) {
        if (breaks_ > 0 || space_ || cell_ || !mark_.empty()) settle();
        out_ += c;
    }
    void put_code(char c) {
        if (breaks_ > 0 || !mark_.empty()) {
            space_ = false;
            settle();
        }
        space_ = false;
        if (c != '\r') out_ += c;
    }
    void line_of_code() {
        if (breaks_ == 0) out_ += '\n';
    }

    std::string out_;
    std::string_view mark_;
    int breaks_ = 0;
    bool space_ = false;
    bool cell_ = false;
};

enum class Display { in_line, block, line, heading, item, row, cell, preformatted, dropped };

// A <dt> heads its <dd>, below all headings.
constexpr GumboTag heading_of_a_term = GUMBO_TAG_H6;

Display display_of(GumboTag tag) noexcept {
    switch (tag) {
        case GUMBO_TAG_HEAD:
        case GUMBO_TAG_SCRIPT:
        case GUMBO_TAG_STYLE:
        case GUMBO_TAG_NOSCRIPT:
        case GUMBO_TAG_TEMPLATE:
        case GUMBO_TAG_NAV:
        case GUMBO_TAG_IFRAME:
        case GUMBO_TAG_OBJECT:
        case GUMBO_TAG_CANVAS:
        case GUMBO_TAG_AUDIO:
        case GUMBO_TAG_VIDEO:
        case GUMBO_TAG_SVG:
        case GUMBO_TAG_SELECT:
        case GUMBO_TAG_TEXTAREA:
        case GUMBO_TAG_BUTTON: return Display::dropped;
        case GUMBO_TAG_H1:
        case GUMBO_TAG_H2:
        case GUMBO_TAG_H3:
        case GUMBO_TAG_H4:
        case GUMBO_TAG_H5:
        case GUMBO_TAG_H6:
        case GUMBO_TAG_DT: return Display::heading;
        case GUMBO_TAG_LI: return Display::item;
        case GUMBO_TAG_TR: return Display::row;
        case GUMBO_TAG_TD:
        case GUMBO_TAG_TH: return Display::cell;
        case GUMBO_TAG_BR:
        case GUMBO_TAG_DD: return Display::line;
        case GUMBO_TAG_PRE: return Display::preformatted;
        case GUMBO_TAG_P:
        case GUMBO_TAG_DIV:
        case GUMBO_TAG_UL:
        case GUMBO_TAG_OL:
        case GUMBO_TAG_DL:
        case GUMBO_TAG_TABLE:
        case GUMBO_TAG_CAPTION:
        case GUMBO_TAG_BLOCKQUOTE:
        case GUMBO_TAG_SECTION:
        case GUMBO_TAG_ARTICLE:
        case GUMBO_TAG_ASIDE:
        case GUMBO_TAG_HEADER:
        case GUMBO_TAG_FOOTER:
        case GUMBO_TAG_MAIN:
        case GUMBO_TAG_ADDRESS:
        case GUMBO_TAG_FIGURE:
        case GUMBO_TAG_FIGCAPTION:
        case GUMBO_TAG_DETAILS:
        case GUMBO_TAG_SUMMARY:
        case GUMBO_TAG_FORM:
        case GUMBO_TAG_FIELDSET:
        case GUMBO_TAG_HR:
        case GUMBO_TAG_BODY: return Display::block;
        default: return Display::in_line;
    }
}

bool hidden(const GumboElement& element) {
    if (gumbo_get_attribute(&element.attributes, "hidden") != nullptr) return true;
    const GumboAttribute* style = gumbo_get_attribute(&element.attributes, "style");
    if (style == nullptr) return false;
    std::string value = ascii_lower(style->value);
    value.erase(std::remove(value.begin(), value.end(), ' '), value.end());
    return value.find("display:none") != std::string::npos;
}

// What leads to other places, or to where it stands ("¶"), and says nothing itself: by its role, or
// by the names that DocBook, Sphinx, Doxygen, MediaWiki and others give it.
bool leads_elsewhere(const GumboElement& element) {
    constexpr std::array<std::string_view, 20> names{
        "nav",         "navbar",         "navheader",     "navfooter",     "navigation",
        "navpath",     "navtop",         "navbox",        "breadcrumb",    "breadcrumbs",
        "nav-wrapper", "site-nav",       "side-nav",      "toc",           "table-of-contents",
        "headerlink",  "mw-editsection", "sphinxsidebar", "header-anchor", "hash-link"};
    const auto has_one = [&](const char* attribute) {
        const GumboAttribute* found = gumbo_get_attribute(&element.attributes, attribute);
        if (found == nullptr) return false;
        const std::string value = ascii_lower(found->value);
        for (std::size_t at = 0; at < value.size();) {
            const std::size_t end = std::min(value.find_first_of(" \t\n", at), value.size());
            const std::string_view name = std::string_view(value).substr(at, end - at);
            if (std::find(names.begin(), names.end(), name) != names.end()) return true;
            at = end + 1;
        }
        return false;
    };
    return has_one("role") || has_one("class") || has_one("id");
}

std::string_view heading_mark(GumboTag tag) noexcept {
    constexpr std::string_view marks = "###### ";
    if (tag == GUMBO_TAG_DT) tag = heading_of_a_term;
    return marks.substr(static_cast<std::size_t>(GUMBO_TAG_H6 - tag));
}

bool is_text(const GumboNode& node) noexcept {
    return node.type == GUMBO_NODE_TEXT || node.type == GUMBO_NODE_WHITESPACE ||
           node.type == GUMBO_NODE_CDATA;
}

// The children of a node that can have some; nullptr for others.
const GumboVector* children_of(const GumboNode& node) noexcept {
    if (node.type == GUMBO_NODE_DOCUMENT) return &node.v.document.children;
    if (node.type == GUMBO_NODE_ELEMENT || node.type == GUMBO_NODE_TEMPLATE)
        return &node.v.element.children;
    return nullptr;
}

// Walks the tree in document order without recursion. enter(node) says whether to go inside;
// leave(node) follows for every element that was entered.
template <typename Enter, typename Leave>
void walk(const GumboNode& root, Enter enter, Leave leave) {
    struct Place {
        const GumboNode* node;
        unsigned next;
    };
    std::vector<Place> path;
    if (enter(root)) path.push_back({&root, 0});
    while (!path.empty()) {
        Place& place = path.back();
        const GumboVector* children = children_of(*place.node);
        if (children == nullptr || place.next == children->length) {
            leave(*place.node);
            path.pop_back();
            continue;
        }
        const auto& child = *static_cast<const GumboNode*>(children->data[place.next++]);
        if (enter(child)) path.push_back({&child, 0});
    }
}

// All text below a node, white space collapsed.
std::string inner_text(const GumboNode& root) {
    Writer writer;
    walk(
        root,
        [&](const GumboNode& node) {
            if (is_text(node)) writer.text(node.v.text.text);
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

class Reader {
 public:
    // `all`: also what leads to other places.
    explicit Reader(bool all) : all_(all) {}

    [[nodiscard]] bool enter(const GumboNode& node) {
        if (is_text(node)) {
            if (preformatted_ > 0)
                writer_.verbatim(node.v.text.text);
            else
                writer_.text(node.v.text.text);
            return false;
        }
        if (node.type == GUMBO_NODE_DOCUMENT) return true;
        if (node.type != GUMBO_NODE_ELEMENT) return false;
        const GumboElement& element = node.v.element;
        const Display display = display_of(element.tag);
        if (display == Display::dropped || hidden(element)) return false;
        if (!all_ && element.tag != GUMBO_TAG_BODY && leads_elsewhere(element)) return false;
        begin(display, element.tag);
        return true;
    }

    void leave(const GumboNode& node) {
        if (node.type != GUMBO_NODE_ELEMENT) return;
        switch (display_of(node.v.element.tag)) {
            case Display::block:
            case Display::heading: writer_.block(); break;
            case Display::preformatted:
                --preformatted_;
                writer_.block();
                break;
            case Display::row: writer_.row(); break;
            case Display::item: writer_.line(); break;
            default: break;
        }
        if (display_of(node.v.element.tag) == Display::heading) writer_.mark({});
    }

    [[nodiscard]] std::string take() { return writer_.take(); }

 private:
    void begin(Display display, GumboTag tag) {
        switch (display) {
            case Display::block: writer_.block(); break;
            case Display::preformatted:
                ++preformatted_;
                writer_.block();
                break;
            case Display::line: writer_.line(); break;
            case Display::row: writer_.row(); break;
            case Display::cell: writer_.cell(); break;
            case Display::heading:
                writer_.block();
                writer_.mark(heading_mark(tag));
                break;
            case Display::item:
                writer_.line();
                writer_.mark("- ");
                break;
            default: break;
        }
    }

    bool all_;
    Writer writer_;
    int preformatted_ = 0;  // <pre> elements around
};

}  // namespace

Extracted html_text(std::string_view bytes, std::string_view charset, const HtmlLimits& limits) {
    std::string storage;
    const std::string_view utf8 = html_utf8(bytes, charset, storage);
    if (only_white_space(utf8)) fail(LECTERN_INVALID_ARGUMENT, "no text: the file is empty");

    const HtmlTree tree(utf8, limits);
    Extracted out;
    // A page may be nothing but a table of contents.
    for (const bool all : {false, true}) {
        if (!only_white_space(out.text)) break;
        Reader reader(all);
        walk(
            tree.document(), [&](const GumboNode& node) { return reader.enter(node); },
            [&](const GumboNode& node) { reader.leave(node); });
        out.text = reader.take();
    }
    if (only_white_space(out.text))
        fail(LECTERN_INVALID_ARGUMENT,
             "no text: the page shows none without its scripts and pictures");
    out.title = first_of(tree.document(), GUMBO_TAG_TITLE);
    if (out.title.empty()) out.title = first_of(tree.document(), GUMBO_TAG_H1);
    return out;
}

}  // namespace lectern::documents
