// translate/pieces.hpp: what of a text is translated: its sentences, without the marks of headings,
// lists, quotations and tables before them, and without code.
#pragma once

#include <string_view>
#include <vector>

#include "text/text.hpp"

namespace lectern::translate {

// In order; every piece has a letter in it. What is between them stays as it is.
[[nodiscard]] std::vector<text::Range> pieces(std::string_view text);

}  // namespace lectern::translate
