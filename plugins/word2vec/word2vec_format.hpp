// word2vec_format.hpp: the two files that the word2vec program of Mikolov et al. (2013) writes.
//
// Both begin with a line "WORDS DIMENSION". Text (".vec", ".txt"): one line a word, the word and
// its values with spaces between. Binary (".bin"): each word's bytes, a space, DIMENSION float32
// little endian, and usually a line feed. Words come by falling frequency; counts are not kept.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/word2vec/vocabulary.hpp"

namespace lectern::word2vec {

struct WordMatrix {
    std::uint32_t dimension = 0;
    Vocabulary words;
    std::vector<float> values;  // words x dimension, all finite
};

enum class Word2vecKind { none, text, binary };

// By content: the header line, and whether the first word's values are printable characters.
[[nodiscard]] Word2vecKind word2vec_kind(std::string_view bytes) noexcept;

// Both fail with LECTERN_CORRUPT, naming the line or the word; `name` is for messages. Memory is
// bounded by the size of `bytes`, whatever the header says.
[[nodiscard]] WordMatrix parse_word2vec_text(std::string_view bytes, const std::string& name);
[[nodiscard]] WordMatrix parse_word2vec_binary(std::string_view bytes, const std::string& name);

}  // namespace lectern::word2vec
