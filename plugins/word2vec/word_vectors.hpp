// word_vectors.hpp: a model of word vectors, whatever file it comes from.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/word2vec/fasttext_format.hpp"
#include "plugins/word2vec/vocabulary.hpp"
#include "plugins/word2vec/word2vec_format.hpp"
#include "system/mapping.hpp"

namespace lectern::word2vec {

// A fastText model stays in its file and is paged in as words are looked up; the word2vec formats
// are read into one matrix. Safe from any thread.
class WordVectors {
 public:
    // The format is told by the content. Fails with a reason that names the file.
    [[nodiscard]] static WordVectors open(const std::string& path);

    [[nodiscard]] std::uint32_t dimension() const noexcept { return dimension_; }
    [[nodiscard]] const Vocabulary& vocabulary() const noexcept {
        return fasttext_ ? fasttext_->words : matrix_.words;
    }
    // Unknown words have vectors too.
    [[nodiscard]] bool has_ngrams() const noexcept {
        return fasttext_ && fasttext_->longest_ngram > 0;
    }
    [[nodiscard]] const char* format() const noexcept { return format_; }

    // out += weight * vector of the word; out has dimension() values.
    void add(std::uint32_t word, float weight, std::span<float> out) const;
    // The same for a word that the vocabulary does not have, by its n-grams; false when there are
    // none, and out is as before.
    [[nodiscard]] bool add_unknown(std::string_view word, float weight, std::span<float> out) const;
    // The vector, or nothing for a word that has none.
    [[nodiscard]] std::optional<std::vector<float>> vector(std::string_view word) const;

 private:
    void add_rows(std::span<const std::uint32_t> rows, float weight, std::span<float> out) const;

    const char* format_ = "";
    std::uint32_t dimension_ = 0;
    sys::Mapping file_;
    std::optional<FastTextLayout> fasttext_;
    WordMatrix matrix_;
};

}  // namespace lectern::word2vec
