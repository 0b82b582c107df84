// static/frequency.hpp: how frequent tokens are, which says how little they weigh (distill.cpp).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace lectern::static_vectors {

// Of each token, in a language at large: vocabularies are in the order of frequency, so that Zipf's
// law says it by the place (G. Zipf). The order begins at `first_word`: before it stand special
// tokens and single characters, in the order of their codes, among them the points and commas of
// every text; each of them counts as one of the ten most frequent words.
[[nodiscard]] std::vector<double> zipf_probabilities(std::size_t tokens, std::size_t first_word);

// Where that order begins, by the ids of words that are frequent in some language, each text of
// one word: the smallest of those that are one token; 0 when there is none.
[[nodiscard]] std::size_t first_word_of(const std::vector<std::vector<std::int32_t>>& frequent);

// Counted in texts, with as much of `prior` beside it as if each token had been there once.
[[nodiscard]] std::vector<double> counted_probabilities(
    std::vector<double> prior, const std::vector<std::vector<std::int32_t>>& texts);

}  // namespace lectern::static_vectors
