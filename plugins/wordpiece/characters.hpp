// characters.hpp: BERT's classes of characters, as Hugging Face's `tokenizers` has them.
//
// `tokenizers` knows general categories of Unicode 8 and decompositions of Unicode 12; ICU knows
// later ones. Functions here answer as `tokenizers` does, whatever ICU's version.
// golden_test.cpp compares them for every code point.
#pragma once

#include <cstdint>

namespace lectern::wordpiece {

using CodePoint = std::int32_t;

// Dropped by clean_text: controls other than tab and line ends, format characters, private use,
// NUL and U+FFFD.
[[nodiscard]] bool is_dropped(CodePoint code) noexcept;
[[nodiscard]] bool is_white_space(CodePoint code) noexcept;
// A word of its own under handle_chinese_chars.
[[nodiscard]] bool is_chinese(CodePoint code) noexcept;
[[nodiscard]] bool is_punctuation(CodePoint code) noexcept;
// Dropped by strip_accents.
[[nodiscard]] bool is_accent(CodePoint code) noexcept;
// Canonical combining class, for the canonical order of what strip_accents leaves.
[[nodiscard]] int combining_class(CodePoint code) noexcept;
// Of a word, for AddedToken::single_word: letters, marks, digits, connectors.
[[nodiscard]] bool is_word(CodePoint code) noexcept;

// The canonical decomposition of one character.
struct Decomposition {
    CodePoint codes[4];
    int size = 0;
};
[[nodiscard]] Decomposition decompose(CodePoint code) noexcept;

// One character in lower case, without regard to its neighbours: 1 or 2 code points.
[[nodiscard]] Decomposition lower_case(CodePoint code) noexcept;

}  // namespace lectern::wordpiece
