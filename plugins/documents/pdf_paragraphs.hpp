// documents/pdf_paragraphs.hpp: paragraphs from the lines of a page.
#pragma once

#include <string>
#include <string_view>

namespace lectern::documents {

// A PDF knows lines, not paragraphs. Lines that run to the right edge of their block (the lines
// between two blank ones) belong to one paragraph and are joined by a space; a short line ends it,
// by a blank line when it is a heading or ends a sentence. A form feed (a page break) counts as
// a blank line. Changes white space only.
[[nodiscard]] std::string pdf_paragraphs(std::string_view lines);

}  // namespace lectern::documents
