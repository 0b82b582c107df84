// fasttext_format.hpp: the file that fastText saves (".bin"), read in place.
//
// Format (version 11 and 12, little endian, no padding): int32 magic 793712314, int32 version;
// the training settings, 12 int32 (dimension, window, epochs, min count, negatives, word n-grams,
// loss, model, buckets, shortest n-gram, longest n-gram, learning rate updates) and one double;
// the dictionary: int32 entries, words, labels, int64 tokens, int64 pruned (-1: not), then for each
// entry its bytes, a NUL, int64 count, int8 type, then `pruned` pairs of int32; a byte "quantised";
// the input matrix: int64 rows, int64 columns, float32 values (row i < words is word i, the rest
// are n-gram buckets); a byte and the output matrix, which only training needs.
// The library's own reader trusts every number in the file; this one checks them against its size.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/word2vec/vocabulary.hpp"

namespace lectern::word2vec {

struct FastTextLayout {
    std::uint32_t dimension = 0;
    std::uint32_t shortest_ngram = 0;  // characters, "<" and ">" around the word counted
    std::uint32_t longest_ngram = 0;   // 0: the model has no n-grams
    std::uint32_t buckets = 0;
    Vocabulary words;
    std::size_t matrix = 0;  // byte offset of the first row; any alignment
};

[[nodiscard]] bool is_fasttext(std::string_view bytes) noexcept;

// Fails with LECTERN_CORRUPT or LECTERN_UNSUPPORTED (quantised); `name` is for messages. Memory is
// bounded by the size of `bytes`.
[[nodiscard]] FastTextLayout parse_fasttext(std::string_view bytes, const std::string& name);

// Rows of the input matrix that hold the n-grams of a word (Bojanowski et al. 2017: characters
// n-grams of "<word>", each hashed to a bucket by 32-bit FNV-1a over sign-extended bytes).
void ngram_rows(const FastTextLayout& layout, std::string_view word,
                std::vector<std::uint32_t>& rows);

}  // namespace lectern::word2vec
