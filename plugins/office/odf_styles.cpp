#include "office/odf_styles.hpp"

namespace lectern::office {
namespace {

using documents::Counting;

Counting counting_of(std::string_view format) noexcept {
    if (format == "a") return Counting::small_letters;
    if (format == "A") return Counting::large_letters;
    if (format == "i") return Counting::small_roman;
    if (format == "I") return Counting::large_roman;
    return Counting::decimal;
}

bool hides_something(const Node& style) {
    for (const Node& properties : style.children()) {
        const std::string_view name = name_of(properties);
        if (name == "text-properties" && value(properties, "display") == "none") return true;
        if (name == "table-properties" && value(properties, "display") == "false") return true;
        if (name == "drawing-page-properties" && value(properties, "visibility") == "hidden")
            return true;
    }
    return false;
}

}  // namespace

void OdfStyles::add_list(const Node& node) {
    auto& levels = lists_[std::string(value(node, "name"))];
    for (const Node& level : node.children()) {
        const long at = number(level, "level", 1) - 1;
        if (at < 0 || at >= static_cast<long>(most_levels)) continue;
        OdfLevel& out = levels[static_cast<std::size_t>(at)];
        const std::string_view format = value(level, "num-format");
        out.numbered = is(level, "list-level-style-number") && !format.empty();
        out.counting = counting_of(format);
        out.before = value(level, "num-prefix");
        out.behind = value(level, "num-suffix");
        out.start = number(level, "start-value", 1);
        out.shown = number(level, "display-levels", 1);
    }
}

void OdfStyles::add_breaks(const Node& style) {
    PageBreaks& out = breaks_[std::string(value(style, "name"))];
    out = {std::string(value(style, "parent-style-name"))};
    for (const Node& properties : style.children()) {
        if (!is(properties, "paragraph-properties") && !is(properties, "table-properties"))
            continue;
        if (const std::string_view before = value(properties, "break-before"); !before.empty())
            out.before = before == "page";
        if (const std::string_view after = value(properties, "break-after"); !after.empty())
            out.after = after == "page";
    }
    // Pages of another kind begin here.
    if (!value(style, "master-page-name").empty()) out.before = true;
}

bool OdfStyles::breaks(std::string_view style, std::optional<bool> PageBreaks::*side) const {
    constexpr int longest_chain = 16;
    auto found = breaks_.find(style);
    for (int i = 0; i < longest_chain && found != breaks_.end(); ++i) {
        if (found->second.*side) return *(found->second.*side);
        found = breaks_.find(found->second.parent);
    }
    return false;
}
bool OdfStyles::begins_page(std::string_view style) const {
    return breaks(style, &PageBreaks::before);
}
bool OdfStyles::ends_page(std::string_view style) const {
    return breaks(style, &PageBreaks::after);
}

void OdfStyles::add(const Node& root) {
    for (const char* part : {"styles", "automatic-styles"})
        for (const Node& node : child(root, part).children()) {
            if (is(node, "list-style")) add_list(node);
            if (is(node, "style") && hides_something(node))
                hidden_.insert(std::string(value(node, "name")));
            if (is(node, "style")) add_breaks(node);
        }
}

const OdfLevel& OdfStyles::level(std::string_view list, std::size_t level) const {
    const auto found = lists_.find(list);
    return found == lists_.end() || level >= most_levels ? bullet_ : found->second[level];
}

}  // namespace lectern::office
