// index/lexical/spelling.hpp: one word, several spellings.
//
// What people type differs from what books print: "l’école" and "école", "don’t" and "don't",
// "Dvorak" and "Dvořák", "istanbul" and "İstanbul". Documents and queries go through the same two
// functions, so both find both.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "text/text.hpp"

namespace lectern::index::lexical {

// Part of the stamp: postings that were made with other rules are built again.
inline constexpr std::uint64_t spelling_rules = 2;

// text::words with one kind of apostrophe, elided articles and pronouns of French and Italian (l',
// d', qu', dell' ...) as words of their own, one form of each number (text::plain_number), no
// points of Hebrew, and "C++", "C#" and "F#" with their marks.
[[nodiscard]] std::vector<text::Word> spelled_words(std::string_view text);

struct IndexedWord {
    text::Word word;
    // Folded, each once: text::word_parts; "km2" for "km²"; "1250" for "1 250".
    std::vector<std::string> parts;
};
// spelled_words with everything else under which a word is found.
[[nodiscard]] std::vector<IndexedWord> indexed_words(std::string_view text);

// A folded word or stem without the accents of Latin and Greek letters; "ø" as "o", "œ" as "oe".
// Other scripts stay as they are: their marks make other letters.
[[nodiscard]] std::string without_accents(std::string_view folded);

}  // namespace lectern::index::lexical
