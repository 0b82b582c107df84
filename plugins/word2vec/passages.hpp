// passages.hpp: the vector of a passage from the vectors of its words.
//
// SIF (Arora, Liang, Ma 2017): the sum of a / (a + p(w)) * v(w), less its projection on the common
// component, scaled to length 1. Or the plain mean of the words, scaled to length 1.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "plugins/word2vec/word_vectors.hpp"

namespace lectern::word2vec {

enum class Weighting { sif, mean };

// a / (a + p): 1 for a word that is never seen, near 0 for a very common one.
[[nodiscard]] constexpr double sif_weight(double a, double probability) noexcept {
    return a / (a + probability);
}

// Keeps a reference to the model. Safe from any thread.
class PassageVectors {
 public:
    // sif_a > 0. `common` is empty or has the model's dimension, and is taken out of every passage.
    PassageVectors(const WordVectors& model, Weighting weighting, double sif_a,
                   std::vector<float> common = {});

    // The weighted mean over the words that have vectors, before anything is taken out; returns
    // how many those were. Words come folded, as text::words gives them.
    std::size_t sum(std::span<const std::string_view> words, std::span<float> out) const;

    enum class Outcome {
        embedded,
        no_known_word,  // no word has a vector
        no_direction    // what is left is zero, or no finite number
    };
    // out receives a vector of length 1, or zeros.
    [[nodiscard]] Outcome embed(std::span<const std::string_view> words,
                                std::span<float> out) const;

 private:
    const WordVectors& model_;
    Weighting weighting_;
    double sif_a_;
    std::vector<float> common_;
};

}  // namespace lectern::word2vec
