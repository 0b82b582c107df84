// text/sentence_map.hpp: which bytes of a text say what which bytes of its translation say.
//
// Plugins that translate write one, and the engine reads it to cite the original: a text of
// numbers, three a sentence, with a space between: the bytes before the sentence since the one
// before, which both texts share; the bytes of the sentence in the original; and in the
// translation. "0 21 19 1 40 44".
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "text/text.hpp"

namespace lectern::text {

struct SentencePair {
    Range original;
    Range translation;
    friend bool operator==(const SentencePair&, const SentencePair&) = default;
};

// Of pairs in order that do not overlap, with as many bytes between them in both texts.
[[nodiscard]] std::string write_sentence_map(std::span<const SentencePair> pairs);
// Nothing when the text is no such map, or one of texts that are longer than these.
[[nodiscard]] std::optional<std::vector<SentencePair>> read_sentence_map(
    std::string_view map, std::size_t original_bytes, std::size_t translation_bytes);

// Names a text, so that a map is not used with another version of it: FNV-1a of 64 bits, in hex.
[[nodiscard]] std::string text_name(std::string_view text);

// Of the original: from the begin of the first sentence that has bytes of the translation's
// [begin, end) to the end of the last; nothing where there is none.
[[nodiscard]] std::optional<Range> original_of(std::span<const SentencePair> pairs,
                                               Range translation) noexcept;

}  // namespace lectern::text
