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

void OdfStyles::add(const Node& root) {
    for (const char* part : {"styles", "automatic-styles"})
        for (const Node& node : child(root, part).children()) {
            if (is(node, "list-style")) add_list(node);
            if (is(node, "style") && hides_something(node))
                hidden_.insert(std::string(value(node, "name")));
        }
}

const OdfLevel& OdfStyles::level(std::string_view list, std::size_t level) const {
    const auto found = lists_.find(list);
    return found == lists_.end() || level >= most_levels ? bullet_ : found->second[level];
}

}  // namespace lectern::office
