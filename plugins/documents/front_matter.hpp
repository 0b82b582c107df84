// documents/front_matter.hpp: what stands before a text for programs: YAML between lines of "---",
// or TOML between lines of "+++".
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace lectern::documents {

struct FrontMatter {
    std::size_t size = 0;  // bytes with its lines; 0: there is none
    std::string title;     // one line; "" when it names none
};

// `text` is valid UTF-8. Front matter that its library refuses (titles with a colon are common) is
// searched for a line "title: …".
[[nodiscard]] FrontMatter front_matter(std::string_view text);

}  // namespace lectern::documents
