#include "plugins/word2vec/passages.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace lectern::word2vec {

PassageVectors::PassageVectors(const WordVectors& model, Weighting weighting, double sif_a,
                               std::vector<float> common)
    : model_(model), weighting_(weighting), sif_a_(sif_a), common_(std::move(common)) {}

std::size_t PassageVectors::sum(std::span<const std::string_view> words,
                                std::span<float> out) const {
    std::fill(out.begin(), out.end(), 0.0F);
    const Vocabulary& vocabulary = model_.vocabulary();
    std::size_t known = 0;
    for (const std::string_view word : words) {
        if (const auto id = vocabulary.find(word)) {
            const double weight = weighting_ == Weighting::mean
                                      ? 1.0
                                      : sif_weight(sif_a_, vocabulary.probability(*id));
            model_.add(*id, static_cast<float>(weight), out);
            ++known;
        } else if (model_.add_unknown(word, 1.0F, out)) {  // p = 0: the full weight
            ++known;
        }
    }
    if (known > 0)
        for (float& value : out) value /= static_cast<float>(known);
    return known;
}

PassageVectors::Outcome PassageVectors::embed(std::span<const std::string_view> words,
                                              std::span<float> out) const {
    if (sum(words, out) == 0) return Outcome::no_known_word;
    const auto length = [&] {
        return std::sqrt(std::inner_product(out.begin(), out.end(), out.begin(), 0.0));
    };
    const double before = length();
    if (!common_.empty()) {
        const double along = std::inner_product(out.begin(), out.end(), common_.begin(), 0.0);
        for (std::size_t i = 0; i < out.size(); ++i)
            out[i] -= static_cast<float>(along * static_cast<double>(common_[i]));
    }
    // Below this share of what was there, the rest is rounding.
    constexpr double nothing_left = 1e-6;
    const double after = length();
    if (!std::isfinite(after) || !(after > nothing_left * before)) {
        std::fill(out.begin(), out.end(), 0.0F);
        return Outcome::no_direction;
    }
    for (float& value : out) value = static_cast<float>(value / after);
    return Outcome::embedded;
}

}  // namespace lectern::word2vec
