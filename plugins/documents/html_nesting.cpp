#include "documents/html_nesting.hpp"

#include <gumbo.h>

#include <algorithm>
#include <vector>

#include "documents/extracted.hpp"
#include "documents/file_name.hpp"
#include "text/ascii.hpp"

namespace lectern::documents {
namespace {

// Sections are those of the standard: https://html.spec.whatwg.org/multipage/parsing.html

// Without an end, or closed by the next of their kind wherever it stands.
bool nests_never(GumboTag tag) {
    switch (tag) {
        case GUMBO_TAG_AREA:
        case GUMBO_TAG_BASE:
        case GUMBO_TAG_BASEFONT:
        case GUMBO_TAG_BGSOUND:
        case GUMBO_TAG_BR:
        case GUMBO_TAG_COL:
        case GUMBO_TAG_EMBED:
        case GUMBO_TAG_FRAME:
        case GUMBO_TAG_HR:
        case GUMBO_TAG_IMAGE:
        case GUMBO_TAG_IMG:
        case GUMBO_TAG_INPUT:
        case GUMBO_TAG_KEYGEN:
        case GUMBO_TAG_LINK:
        case GUMBO_TAG_META:
        case GUMBO_TAG_PARAM:
        case GUMBO_TAG_SOURCE:
        case GUMBO_TAG_TRACK:
        case GUMBO_TAG_WBR:
        case GUMBO_TAG_HTML:
        case GUMBO_TAG_HEAD:
        case GUMBO_TAG_BODY:
        case GUMBO_TAG_A:
        case GUMBO_TAG_NOBR:
        case GUMBO_TAG_BUTTON:
        case GUMBO_TAG_FORM:
        case GUMBO_TAG_SELECT:
        case GUMBO_TAG_OPTION:
        case GUMBO_TAG_OPTGROUP: return true;
        default: return false;
    }
}

// What is within them is text.
bool is_raw(GumboTag tag) {
    switch (tag) {
        case GUMBO_TAG_SCRIPT:
        case GUMBO_TAG_STYLE:
        case GUMBO_TAG_TEXTAREA:
        case GUMBO_TAG_TITLE:
        case GUMBO_TAG_XMP:
        case GUMBO_TAG_IFRAME:
        case GUMBO_TAG_NOEMBED:
        case GUMBO_TAG_NOFRAMES:
        case GUMBO_TAG_PLAINTEXT: return true;
        default: return false;
    }
}

bool is_formatting(GumboTag tag) {
    switch (tag) {
        case GUMBO_TAG_B:
        case GUMBO_TAG_BIG:
        case GUMBO_TAG_CODE:
        case GUMBO_TAG_EM:
        case GUMBO_TAG_FONT:
        case GUMBO_TAG_I:
        case GUMBO_TAG_S:
        case GUMBO_TAG_SMALL:
        case GUMBO_TAG_STRIKE:
        case GUMBO_TAG_STRONG:
        case GUMBO_TAG_TT:
        case GUMBO_TAG_U: return true;
        default: return false;
    }
}

bool is_heading(GumboTag tag) {
    return tag >= GUMBO_TAG_H1 && tag <= GUMBO_TAG_H6;
}

bool is_part_of_table(GumboTag tag) {
    switch (tag) {
        case GUMBO_TAG_CAPTION:
        case GUMBO_TAG_COLGROUP:
        case GUMBO_TAG_TBODY:
        case GUMBO_TAG_TD:
        case GUMBO_TAG_TFOOT:
        case GUMBO_TAG_TH:
        case GUMBO_TAG_THEAD:
        case GUMBO_TAG_TR: return true;
        default: return false;
    }
}

// No end tag reaches out of these.
bool bounds_scope(GumboTag tag) {
    switch (tag) {
        case GUMBO_TAG_APPLET:
        case GUMBO_TAG_CAPTION:
        case GUMBO_TAG_MARQUEE:
        case GUMBO_TAG_OBJECT:
        case GUMBO_TAG_TABLE:
        case GUMBO_TAG_TD:
        case GUMBO_TAG_TEMPLATE:
        case GUMBO_TAG_TH: return true;
        default: return false;
    }
}

// A paragraph ends before these.
bool ends_paragraph(GumboTag tag) {
    switch (tag) {
        case GUMBO_TAG_ADDRESS:
        case GUMBO_TAG_ARTICLE:
        case GUMBO_TAG_ASIDE:
        case GUMBO_TAG_BLOCKQUOTE:
        case GUMBO_TAG_CENTER:
        case GUMBO_TAG_DD:
        case GUMBO_TAG_DETAILS:
        case GUMBO_TAG_DIR:
        case GUMBO_TAG_DIV:
        case GUMBO_TAG_DL:
        case GUMBO_TAG_DT:
        case GUMBO_TAG_FIELDSET:
        case GUMBO_TAG_FIGCAPTION:
        case GUMBO_TAG_FIGURE:
        case GUMBO_TAG_FOOTER:
        case GUMBO_TAG_HEADER:
        case GUMBO_TAG_HGROUP:
        case GUMBO_TAG_LI:
        case GUMBO_TAG_LISTING:
        case GUMBO_TAG_MAIN:
        case GUMBO_TAG_MENU:
        case GUMBO_TAG_NAV:
        case GUMBO_TAG_OL:
        case GUMBO_TAG_P:
        case GUMBO_TAG_PRE:
        case GUMBO_TAG_SECTION:
        case GUMBO_TAG_SUMMARY:
        case GUMBO_TAG_TABLE:
        case GUMBO_TAG_UL: return true;
        default: return is_heading(tag);
    }
}

// Those that an end tag of a word's element does not close.
bool is_special(GumboTag tag) {
    return ends_paragraph(tag) || bounds_scope(tag) || is_part_of_table(tag) ||
           tag == GUMBO_TAG_NOSCRIPT || tag == GUMBO_TAG_FRAMESET;
}

class Nesting {
 public:
    // `xml`: "<x/>" is an element of its own, whatever it is called.
    Nesting(std::string_view html, bool xml) : html_(html), xml_(xml) {}

    std::string_view run(std::string& storage) {
        std::size_t at = html_.find('<');
        while (at < html_.size()) at = html_.find('<', behind_markup(at));
        if (copied_ == 0) return html_;
        out_.append(html_.substr(copied_));
        storage = std::move(out_);
        return storage;
    }

 private:
    struct Element {
        GumboTag tag;
        std::string_view name;
        [[nodiscard]] bool is(const Element& other) const {
            if (tag != other.tag || tag != GUMBO_TAG_UNKNOWN) return tag == other.tag;
            // Compared with all that are open: nothing is allocated.
            const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c; };
            return std::equal(name.begin(), name.end(), other.name.begin(), other.name.end(),
                              [&](char a, char b) { return lower(a) == lower(b); });
        }
    };

    // Behind the tag or comment that begins with this '<'.
    std::size_t behind_markup(std::size_t begin) {
        const std::string_view rest = html_.substr(begin);
        if (rest.starts_with("<!--")) {
            const std::size_t end = html_.find("-->", begin + 2);
            return end == std::string_view::npos ? html_.size() : end + 3;
        }
        const bool closes = rest.starts_with("</");
        const std::size_t name = begin + (closes ? 2 : 1);
        if (name >= html_.size() || !text::is_ascii_letter(html_[name])) {
            if (!closes && !rest.starts_with("<!") && !rest.starts_with("<?")) return begin + 1;
            return std::min(html_.find('>', begin), html_.size());
        }
        const std::size_t end_of_name =
            std::min(html_.find_first_of(" \t\n\r\f/>", name), html_.size());
        const std::string_view called = html_.substr(name, end_of_name - name);
        const std::string name_of_tag = ascii_lower(called);
        const Element element{
            gumbo_tagn_enum(name_of_tag.data(), static_cast<unsigned>(name_of_tag.size())), called};
        const bool root = element.tag == GUMBO_TAG_HTML || element.tag == GUMBO_TAG_BODY;
        std::size_t attributes = 0;
        const Tag tag = tag_from(end_of_name, root ? attributes_of_root_ : attributes);
        if (tag.end > html_.size()) {
            cut(tag.excess, html_.size());
            return html_.size();
        }
        if (closes) {
            end_tag(element);
            cut(tag.excess, tag.end - 1);
            return tag.end;
        }
        const bool closed = tag.closed && (xml_ || foreign_ > 0 || is_foreign(element.tag));
        const bool never = nests_never(element.tag) || is_raw(element.tag);
        if (!closed && !never) start_tag(begin, element);
        cut(tag.excess, tag.end - (tag.closed ? 2 : 1));
        if (closed) {
            if (xml_ && foreign_ == 0 && !is_void(element.tag)) end_at_once(tag.end, called);
            return tag.end;
        }
        return is_raw(element.tag) ? behind_raw(tag.end, called) : tag.end;
    }

    struct Tag {
        std::size_t end = std::string_view::npos;     // behind its '>'
        std::size_t excess = std::string_view::npos;  // where its first attribute too many begins
        bool closed = false;                          // by "/>"
    };

    // What stands behind a tag's name. `attributes` counts.
    [[nodiscard]] Tag tag_from(std::size_t at, std::size_t& attributes) const {
        constexpr std::string_view blanks = " \t\n\r\f";
        Tag out;
        while ((at = html_.find_first_not_of(" \t\n\r\f/", at)) < html_.size()) {
            if (html_[at] == '>') {
                out.end = at + 1;
                out.closed = html_[at - 1] == '/';
                return out;
            }
            if (++attributes > most_attributes) out.excess = std::min(out.excess, at);
            // A '=' may begin a name.
            at = html_.find_first_of(" \t\n\r\f/>=", at + 1);
            const std::size_t equals = html_.find_first_not_of(blanks, at);
            if (equals >= html_.size() || html_[equals] != '=') continue;
            at = html_.find_first_not_of(blanks, equals + 1);
            if (at >= html_.size()) break;
            if (html_[at] == '"' || html_[at] == '\'') {
                at = html_.find(html_[at], at + 1);
                if (at == std::string_view::npos) break;
                ++at;
            } else if (at = html_.find_first_of(" \t\n\r\f>", at);
                       at < html_.size() && html_[at] == '>') {
                // A '/' before it is the value's.
                out.end = at + 1;
                return out;
            }
        }
        return out;
    }

    // Leaves out what is from `first` to `end`; nothing when there is no such place.
    void cut(std::size_t first, std::size_t end) {
        if (first >= end) return;
        out_.append(html_.substr(copied_, first - copied_));
        copied_ = end;
    }

    // "<title/>", which ends at `end`, as "<title ></title>".
    void end_at_once(std::size_t end, std::string_view name) {
        cut(end - 2, end);
        out_.append(" ></").append(name).append(">");
    }

    [[nodiscard]] std::size_t behind_raw(std::size_t at, std::string_view name) const {
        const std::string wanted = ascii_lower(name);
        while ((at = html_.find("</", at)) < html_.size()) {
            at += 2;
            if (ascii_lower(html_.substr(at, wanted.size())) == wanted) return at;
        }
        return html_.size();
    }

    void start_tag(std::size_t begin, const Element& element) {
        end_implied(element.tag);
        if (open_.size() >= deepest_html) {
            out_.append(html_.substr(copied_, begin - copied_));
            out_.append("</").append(open_.back().name).append(">");
            copied_ = begin;
            pop_to(open_.size() - 1);
        }
        open_.push_back(element);
        if (is_foreign(element.tag)) ++foreign_;
    }

    // What a start tag closes, as many pages leave out end tags.
    void end_implied(GumboTag tag) {
        if (is_part_of_table(tag)) return end_parts_of_table();
        if (tag == GUMBO_TAG_LI || tag == GUMBO_TAG_DD || tag == GUMBO_TAG_DT) end_item(tag);
        if (ends_paragraph(tag)) pop_from(last(GUMBO_TAG_P));
        if (is_heading(tag) && !open_.empty() && is_heading(open_.back().tag))
            pop_to(open_.size() - 1);
    }

    void end_parts_of_table() { pop_from(last(GUMBO_TAG_TABLE) + 1); }

    void end_item(GumboTag tag) {
        for (std::size_t i = open_.size(); i-- > 0;) {
            const GumboTag open = open_[i].tag;
            const bool other =
                tag != GUMBO_TAG_LI && (open == GUMBO_TAG_DD || open == GUMBO_TAG_DT);
            if (open == tag || other) return pop_to(i);
            if (is_special(open) && open != GUMBO_TAG_ADDRESS && open != GUMBO_TAG_DIV &&
                open != GUMBO_TAG_P)
                return;
        }
    }

    void end_tag(const Element& element) {
        if (is_part_of_table(element.tag)) return end_parts_of_table();
        const bool block = is_special(element.tag);
        const bool formatting = is_formatting(element.tag);
        bool below_a_block = false;
        for (std::size_t i = open_.size(); i-- > 0;) {
            if (open_[i].is(element)) {
                // <b><div></b> ends the bold type and not the block.
                if (!formatting || !below_a_block) return pop_to(i);
                open_.erase(open_.begin() + static_cast<std::ptrdiff_t>(i));
                return;
            }
            below_a_block = below_a_block || is_special(open_[i].tag);
            if (bounds_scope(open_[i].tag) || (below_a_block && !block && !formatting)) return;
        }
    }

    // The innermost within the scope; nowhere near it: the greatest number but one.
    [[nodiscard]] std::size_t last(GumboTag tag) const {
        for (std::size_t i = open_.size(); i-- > 0;) {
            if (open_[i].tag == tag) return i;
            const bool cell = is_part_of_table(open_[i].tag);
            if (bounds_scope(open_[i].tag) && !(tag == GUMBO_TAG_TABLE && cell)) break;
        }
        return std::string_view::npos - 1;
    }

    void pop_from(std::size_t first) {
        if (first < open_.size()) pop_to(first);
    }
    void pop_to(std::size_t size) {
        for (; open_.size() > size; open_.pop_back())
            if (is_foreign(open_.back().tag)) --foreign_;
    }

    // Those that have no end tag: "</br>" is one more <br>.
    static bool is_void(GumboTag tag) {
        constexpr GumboTag all[] = {
            GUMBO_TAG_AREA,   GUMBO_TAG_BASE,  GUMBO_TAG_BASEFONT, GUMBO_TAG_BGSOUND,
            GUMBO_TAG_BR,     GUMBO_TAG_COL,   GUMBO_TAG_EMBED,    GUMBO_TAG_FRAME,
            GUMBO_TAG_HR,     GUMBO_TAG_IMAGE, GUMBO_TAG_IMG,      GUMBO_TAG_INPUT,
            GUMBO_TAG_KEYGEN, GUMBO_TAG_LINK,  GUMBO_TAG_META,     GUMBO_TAG_PARAM,
            GUMBO_TAG_SOURCE, GUMBO_TAG_TRACK, GUMBO_TAG_WBR};
        return std::find(std::begin(all), std::end(all), tag) != std::end(all);
    }

    static bool is_foreign(GumboTag tag) { return tag == GUMBO_TAG_SVG || tag == GUMBO_TAG_MATH; }

    std::string_view html_;
    bool xml_;
    std::vector<Element> open_;
    std::size_t foreign_ = 0;  // SVG and MathML elements that are open
    std::size_t attributes_of_root_ = 0;
    std::string out_;
    std::size_t copied_ = 0;  // of html_ into out_
};

// By what stands at its begin. Pages that say so and are HTML all the same close no element so that
// is not empty.
bool is_xhtml(std::string_view html) {
    constexpr std::size_t near = 4096;  // bytes
    const std::string_view head = html.substr(0, near);
    return trimmed(head).starts_with("<?xml") ||
           head.find("http://www.w3.org/1999/xhtml") != std::string_view::npos;
}

}  // namespace

std::string_view within_depth(std::string_view html, std::string& storage) {
    constexpr std::size_t shortest_attribute = 2;  // " a"
    const bool xml = is_xhtml(html);
    if (!xml && html.size() < most_attributes * shortest_attribute) return html;
    return Nesting(html, xml).run(storage);
}

}  // namespace lectern::documents
