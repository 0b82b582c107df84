// documents/html_nesting.hpp: pages that nest without end.
//
// For most start tags gumbo looks through all elements that are open, as the HTML standard has it:
// a page of a hundred thousand <div> in each other takes minutes. Browsers set a limit to the depth
// and go on beside the innermost element; so does this, before the page is parsed.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace lectern::documents {

inline constexpr std::size_t deepest_html = 512;  // elements in each other, as in Chromium

// The page with the end tags that keep it within the depth: in `storage`, when there are some. In
// time that grows with the page alone. What is open is counted by tags as they stand, so it may
// differ from the parser's where tags are misplaced; the parser's limits hold all the same.
[[nodiscard]] std::string_view within_depth(std::string_view html, std::string& storage);

}  // namespace lectern::documents
