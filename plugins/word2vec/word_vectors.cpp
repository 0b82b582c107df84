#include "plugins/word2vec/word_vectors.hpp"

#include <cstring>

#include "plugins/shared/read_file.hpp"
#include "plugins/word2vec/failure.hpp"

namespace lectern::word2vec {
namespace {

// `row` may have any alignment.
void add_scaled(const char* row, float weight, std::span<float> out) noexcept {
    for (std::size_t i = 0; i < out.size(); ++i) {
        float value = 0;
        std::memcpy(&value, row + i * sizeof(float), sizeof(float));
        out[i] += weight * value;
    }
}

}  // namespace

WordVectors WordVectors::open(const std::string& path) {
    WordVectors out;
    sys::Mapping file = shared::map_file(path);
    const std::string_view bytes = file.text();
    if (bytes.empty()) invalid("the word vector model '" + path + "' is empty");
    if (is_fasttext(bytes)) {
        out.fasttext_ = parse_fasttext(bytes, path);
        out.dimension_ = out.fasttext_->dimension;
        out.file_ = std::move(file);
        out.format_ = "fasttext";
        return out;
    }
    switch (word2vec_kind(bytes)) {
        case Word2vecKind::text:
            out.matrix_ = parse_word2vec_text(bytes, path);
            out.format_ = "word2vec text";
            break;
        case Word2vecKind::binary:
            out.matrix_ = parse_word2vec_binary(bytes, path);
            out.format_ = "word2vec binary";
            break;
        case Word2vecKind::none:
            invalid("'" + path +
                    "' is no word vector model: it is neither a fastText .bin file nor does its "
                    "first line say \"WORDS DIMENSION\" as word2vec files do");
    }
    out.dimension_ = out.matrix_.dimension;
    return out;
}

void WordVectors::add_rows(std::span<const std::uint32_t> rows, float weight,
                           std::span<float> out) const {
    const char* const matrix = file_.text().data() + fasttext_->matrix;
    const std::size_t row_bytes = std::size_t{dimension_} * sizeof(float);
    const float each = weight / static_cast<float>(rows.size());
    for (const std::uint32_t row : rows) add_scaled(matrix + row * row_bytes, each, out);
}

void WordVectors::add(std::uint32_t word, float weight, std::span<float> out) const {
    if (!fasttext_) {
        const float* const row = matrix_.values.data() + std::size_t{word} * dimension_;
        for (std::size_t i = 0; i < out.size(); ++i) out[i] += weight * row[i];
        return;
    }
    if (!has_ngrams()) return add_rows(std::span(&word, 1), weight, out);
    std::vector<std::uint32_t> rows{word};
    ngram_rows(*fasttext_, fasttext_->words.word(word), rows);
    add_rows(rows, weight, out);
}

bool WordVectors::add_unknown(std::string_view word, float weight, std::span<float> out) const {
    if (!has_ngrams()) return false;
    std::vector<std::uint32_t> rows;
    ngram_rows(*fasttext_, word, rows);
    if (rows.empty()) return false;
    add_rows(rows, weight, out);
    return true;
}

std::optional<std::vector<float>> WordVectors::vector(std::string_view word) const {
    std::vector<float> out(dimension_);
    if (const auto id = vocabulary().find(word)) {
        add(*id, 1, out);
        return out;
    }
    if (!add_unknown(word, 1, out)) return std::nullopt;
    return out;
}

}  // namespace lectern::word2vec
