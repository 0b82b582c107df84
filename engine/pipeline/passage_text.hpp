// engine/pipeline/passage_text.hpp: what of a chunk is embedded.
#pragma once

#include <string>
#include <string_view>

namespace lectern {

// The chunk with its document's title before it, unless it begins with the title already (Markdown
// heading marks aside): a chunk from the middle of an article seldom names its subject.
[[nodiscard]] inline std::string passage_text(std::string_view title, std::string_view chunk) {
    const std::size_t start = chunk.find_first_not_of("# \t");
    if (title.empty() ||
        (start != std::string_view::npos && chunk.substr(start).starts_with(title)))
        return std::string(chunk);
    std::string out;
    out.reserve(title.size() + 1 + chunk.size());
    out.append(title).append("\n").append(chunk);
    return out;
}

}  // namespace lectern
