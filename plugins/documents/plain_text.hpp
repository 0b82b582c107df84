// documents/plain_text.hpp: text and Markdown files, whose text is the file itself.
#pragma once

#include <string>
#include <string_view>

namespace lectern::documents {

// The title of a text: the title of front matter (YAML or TOML), else the first Markdown heading of
// level one ("# Title", outside code) or line with "=====" under it, or with what reStructuredText
// draws there, else the first line that is not blank when it has at most 120 characters, else the
// file name. Looks at the first 64 KiB only. `text` is valid UTF-8.
[[nodiscard]] std::string title_of(std::string_view text, std::string_view name);

}  // namespace lectern::documents
