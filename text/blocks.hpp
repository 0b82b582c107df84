// text/blocks.hpp: paragraphs, headings, list items and table rows, by the looks of their lines.
#pragma once

#include <string_view>
#include <vector>

#include "text/text.hpp"

namespace lectern::text {

// A stretch of text that no sentence leaves.
struct Block {
    Range range;           // white space may be around it
    bool whole = false;    // a heading or a table row: one sentence whatever is in it
    std::size_t body = 0;  // behind the list marker ("1. "); otherwise range.begin
};

// In order. Blank lines and lines of "---" or "===" belong to no block.
[[nodiscard]] std::vector<Block> blocks(std::string_view text);

}  // namespace lectern::text
