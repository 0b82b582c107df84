// engine/pipeline/passage_text.hpp: what of a chunk is embedded.
#pragma once

#include <string>
#include <string_view>

namespace lectern {

// The chunk with its document's title before it, unless it begins with the title already (Markdown
// heading marks aside): a chunk from the middle of an article seldom names its subject.
// A table's header (context) stands between the two.
[[nodiscard]] inline std::string passage_text(std::string_view title, std::string_view context,
                                              std::string_view chunk) {
    const std::size_t start = chunk.find_first_not_of("# \t");
    if (start != std::string_view::npos && chunk.substr(start).starts_with(title)) title = {};
    std::string out;
    out.reserve(title.size() + context.size() + 2 + chunk.size());
    for (const std::string_view before : {title, context})
        if (!before.empty()) out.append(before).append("\n");
    out.append(chunk);
    return out;
}

// What a reader is told of a chunk before its text.
[[nodiscard]] inline std::string heading_text(std::string_view title, std::string_view context) {
    std::string out(title);
    if (!out.empty() && !context.empty()) out.append("\n");
    out.append(context);
    return out;
}

}  // namespace lectern
