// text/abbreviations.hpp: full stops that end an abbreviation and not a sentence.
#pragma once

#include <string_view>

namespace lectern::text {

// `word` is what stands before the full stop, without spaces and opening brackets: "Dr", "e.g",
// "J". `before` is the sentence up to the word, `next` the text behind the full stop and the
// spaces. English and German, and what is common in French and Spanish.
[[nodiscard]] bool is_abbreviation(std::string_view before, std::string_view word,
                                   std::string_view next);

}  // namespace lectern::text
