#include "documents/html_elements.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

#include "documents/extracted.hpp"
#include "documents/file_name.hpp"

namespace lectern::documents {
namespace {

constexpr GumboTag heading_of_a_term = GUMBO_TAG_H6;

// gumbo has no tags for the newest elements.
bool is_called(const GumboElement& element, std::string_view name) {
    if (element.tag != GUMBO_TAG_UNKNOWN) return false;
    GumboStringPiece piece = element.original_tag;
    gumbo_tag_from_original_text(&piece);
    return ascii_lower({piece.data, piece.length}) == name;
}

}  // namespace

Display display_of(const GumboElement& element) {
    switch (element.tag) {
        case GUMBO_TAG_HEAD:
        case GUMBO_TAG_SCRIPT:
        case GUMBO_TAG_STYLE:
        case GUMBO_TAG_NOSCRIPT:
        case GUMBO_TAG_NOFRAMES:
        case GUMBO_TAG_NOEMBED:
        case GUMBO_TAG_TEMPLATE:
        case GUMBO_TAG_NAV:
        case GUMBO_TAG_IFRAME:
        case GUMBO_TAG_OBJECT:
        case GUMBO_TAG_CANVAS:
        case GUMBO_TAG_AUDIO:
        case GUMBO_TAG_VIDEO:
        case GUMBO_TAG_SVG:
        case GUMBO_TAG_DEL:
        case GUMBO_TAG_RP:
        case GUMBO_TAG_RT:
        case GUMBO_TAG_SELECT:
        case GUMBO_TAG_DATALIST:
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
        case GUMBO_TAG_UL:
        case GUMBO_TAG_OL:
        case GUMBO_TAG_DIR:
        case GUMBO_TAG_MENU: return Display::list;
        case GUMBO_TAG_TABLE: return Display::table;
        case GUMBO_TAG_TR: return Display::row;
        case GUMBO_TAG_TD:
        case GUMBO_TAG_TH: return Display::cell;
        case GUMBO_TAG_BR:
        case GUMBO_TAG_DD: return Display::line;
        case GUMBO_TAG_PRE:
        case GUMBO_TAG_LISTING:
        case GUMBO_TAG_XMP:
        case GUMBO_TAG_PLAINTEXT: return Display::preformatted;
        case GUMBO_TAG_P:
        case GUMBO_TAG_DIV:
        case GUMBO_TAG_DL:
        case GUMBO_TAG_CAPTION:
        case GUMBO_TAG_BLOCKQUOTE:
        case GUMBO_TAG_CENTER:
        case GUMBO_TAG_HGROUP:
        case GUMBO_TAG_LEGEND:
        case GUMBO_TAG_OPTGROUP:
        case GUMBO_TAG_OPTION:
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
        case GUMBO_TAG_HTML:
        case GUMBO_TAG_BODY: return Display::block;
        case GUMBO_TAG_UNKNOWN:
            return is_called(element, "search") || is_called(element, "dialog") ? Display::block
                                                                                : Display::in_line;
        default: return Display::in_line;
    }
}

std::string_view heading_mark(GumboTag tag) noexcept {
    constexpr std::string_view marks = "###### ";
    if (tag == GUMBO_TAG_DT) tag = heading_of_a_term;
    return marks.substr(static_cast<std::size_t>(GUMBO_TAG_H6 - tag));
}

std::string_view attribute(const GumboElement& element, const char* name) noexcept {
    const GumboAttribute* const found = gumbo_get_attribute(&element.attributes, name);
    return found == nullptr ? std::string_view{} : std::string_view(found->value);
}

long number(const GumboElement& element, const char* name, long otherwise) noexcept {
    constexpr long bound = 1000000000;
    const std::string_view value = trimmed(attribute(element, name));
    long out = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), out);
    if (error != std::errc{} || end == value.data()) return otherwise;
    return std::clamp(out, -bound, bound);
}

bool is_hidden(const GumboElement& element) {
    if (gumbo_get_attribute(&element.attributes, "hidden") != nullptr) return true;
    if (is_called(element, "dialog") && gumbo_get_attribute(&element.attributes, "open") == nullptr)
        return true;
    std::string style = ascii_lower(attribute(element, "style"));
    if (style.empty()) return false;
    std::erase(style, ' ');
    return style.find("display:none") != std::string::npos;
}

bool leads_elsewhere(const GumboElement& element) {
    constexpr std::array<std::string_view, 20> names{
        "nav",         "navbar",         "navheader",     "navfooter",     "navigation",
        "navpath",     "navtop",         "navbox",        "breadcrumb",    "breadcrumbs",
        "nav-wrapper", "site-nav",       "side-nav",      "toc",           "table-of-contents",
        "headerlink",  "mw-editsection", "sphinxsidebar", "header-anchor", "hash-link"};
    const auto has_one = [&](const char* name) {
        const std::string value = ascii_lower(attribute(element, name));
        for (std::size_t at = 0; at < value.size();) {
            const std::size_t end = std::min(value.find_first_of(" \t\n", at), value.size());
            const std::string_view word = std::string_view(value).substr(at, end - at);
            if (std::find(names.begin(), names.end(), word) != names.end()) return true;
            at = end + 1;
        }
        return false;
    };
    return has_one("role") || has_one("class") || has_one("id");
}

}  // namespace lectern::documents
