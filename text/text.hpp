// text/text.hpp: what every room needs to know about Unicode text, over ICU.
//
// Ranges are half-open byte ranges into the given UTF-8 and lie at character boundaries. All
// functions are safe from any thread. Rules: Unicode Standard Annex 29 (words, sentences), with
// ICU's dictionaries for Chinese, Japanese, Thai and others that write no spaces.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace lectern::text {

struct Range {
    std::size_t begin = 0;
    std::size_t end = 0;
    friend bool operator==(const Range&, const Range&) = default;
};

struct Word {
    Range range;
    std::string folded;   // NFKC, case-folded
    bool number = false;  // begins with a digit
};

// The first byte that is not valid UTF-8, or std::string_view::npos.
[[nodiscard]] std::size_t invalid_utf8_at(std::string_view text) noexcept;

// Words, numbers and ideographs; no spaces, no punctuation.
[[nodiscard]] std::vector<Word> words(std::string_view text);

// Sentences without the white space around them. A blank line, a Markdown heading line and a list
// item also end a sentence; abbreviations ("e.g.", "et al.", initials) do not.
[[nodiscard]] std::vector<Range> sentences(std::string_view text);

// NFKC with case folding: two texts that a reader takes for the same word are equal.
[[nodiscard]] std::string fold(std::string_view text);

// At most `bytes` of text, cut at a character boundary.
[[nodiscard]] std::string_view prefix(std::string_view text, std::size_t bytes) noexcept;

// With a capital at its beginning, where that is a letter.
[[nodiscard]] std::string with_capital(std::string_view text);

// The Unicode rules behind words and sentences may change with it.
[[nodiscard]] unsigned icu_major_version() noexcept;

}  // namespace lectern::text
