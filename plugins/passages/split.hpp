// passages/split.hpp: cuts a text into chunks that fit an embedder and read as a whole.
//
// A chunk ends, in this order of preference, where a section ends, a paragraph, a sentence, a word;
// inside a word only when a single word is longer than a chunk. Promises: chunks are byte ranges at
// character boundaries, in order, not empty, without white space at their ends; every character
// that is not white space is in a chunk; equal input gives equal chunks. A chunk with its context
// has at most `limit` tokens.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "passages/characters.hpp"

namespace lectern::passages {

struct SplitOptions {
    // A text of at most `limit` tokens is one chunk. A longer one is cut into chunks of at most
    // `target` tokens: smaller chunks rank and cite better. 1 <= target <= limit.
    std::size_t limit = 248;
    std::size_t target = 200;
    // Sentences of the chunk before that a chunk begins with, inside one section and as far as
    // `limit` allows.
    std::size_t overlap = 0;
    // Cut before headings, and keep them with what follows. Otherwise they are paragraphs.
    bool headings = true;
};

struct Chunk {
    Range range;
    std::size_t tokens = 0;
    // The header of the table that the chunk begins within, where there is room for it beside the
    // chunk; else empty.
    Range context = {};
};

// Byte offsets just behind each token of a text; never decreasing.
using TokenEnds = std::function<std::vector<std::uint64_t>(std::string_view)>;

// Calls `chunk` for each. The text is read in windows of about 1 MiB, cut between paragraphs where
// there is a place, so memory does not grow with the text. `text`: valid UTF-8.
void split(std::string_view text, const SplitOptions& options, const TokenEnds& token_ends,
           const std::function<void(const Chunk&)>& chunk);

}  // namespace lectern::passages
