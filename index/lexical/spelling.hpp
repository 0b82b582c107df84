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
inline constexpr std::uint64_t spelling_rules = 1;

// text::words with one kind of apostrophe, and elided articles and pronouns of French and Italian
// (l', d', qu', dell' ...) as words of their own.
[[nodiscard]] std::vector<text::Word> spelled_words(std::string_view text);

// A folded word or stem without the accents of Latin and Greek letters; "ø" as "o", "œ" as "oe".
// Other scripts stay as they are: their marks make other letters.
[[nodiscard]] std::string without_accents(std::string_view folded);

}  // namespace lectern::index::lexical
