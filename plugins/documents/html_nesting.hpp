// documents/html_nesting.hpp: pages that nest without end, tags with attributes without end, and
// elements that XHTML closes in their own tag.
//
// For most start tags gumbo looks through all elements that are open, as the HTML standard has it:
// a page of a hundred thousand <div> in each other takes minutes. Browsers set a limit to the depth
// and go on beside the innermost element; so does this, before the page is parsed. Each attribute
// it compares with all those before it, and those of each further <html> and <body> with those of
// the first: what is beyond a number that no page has is left out.
//
// In XHTML <title/> and <a id="x"/> are whole elements; HTML reads on in them, and loses all of a
// chapter behind <title/>. Such a page's get an end tag.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace lectern::documents {

inline constexpr std::size_t deepest_html = 512;     // elements in each other, as in Chromium
inline constexpr std::size_t most_attributes = 256;  // of a tag; of all <html> and <body> together

// The page with the end tags that keep it within the depth, without the attributes beyond their
// number: in `storage`, when it differs. In time that grows with the page alone. What is open is
// counted by tags as they stand, so it may differ from the parser's where tags are misplaced; the
// parser's limits hold all the same.
[[nodiscard]] std::string_view within_depth(std::string_view html, std::string& storage);

}  // namespace lectern::documents
