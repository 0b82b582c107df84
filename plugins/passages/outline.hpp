// passages/outline.hpp: paragraphs and headings of a text, by the looks of its lines.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "passages/characters.hpp"

namespace lectern::passages {

struct Part {
    Range range;    // without white space around it; never empty
    int level = 0;  // of a heading, 1 (top) to 6; 0: a paragraph
};

// In order; everything but white space is in some part. Headings: Markdown's "# ..." (not inside
// code fences), lines underlined with "===" or "---", those of reStructuredText, which has further
// marks, lines above and directives that describe something, and short lines that stand alone
// between blank lines without a sentence's end (plain text and PDF), which count as level 2.
[[nodiscard]] std::vector<Part> outline(std::string_view text);

// A line that looks like a heading when it stands alone: up to 80 characters and 12 words, with a
// letter, no lower-case ASCII letter or list marker at its begin, no punctuation of a sentence at
// its end.
[[nodiscard]] bool looks_like_heading(std::string_view line) noexcept;

// "port(number)" of ".. function:: port(number)" in reStructuredText; "" for other lines.
[[nodiscard]] std::string_view described(std::string_view line) noexcept;

}  // namespace lectern::passages
