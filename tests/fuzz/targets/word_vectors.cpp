// Files of word vectors, and of analogy questions. The first byte chooses.
#include "plugins/word2vec/analogies.hpp"
#include "plugins/word2vec/fasttext_format.hpp"
#include "plugins/word2vec/word2vec_format.hpp"
#include "tests/fuzz/refusal.hpp"

#include <cmath>

namespace lectern::fuzz {
namespace {

void check(const word2vec::WordMatrix& matrix) {
    must(matrix.values.size() == matrix.words.size() * matrix.dimension, "each word has a vector");
    for (const float value : matrix.values) must(std::isfinite(value), "all values are finite");
}

void fasttext(std::string_view input) {
    const word2vec::FastTextLayout layout = word2vec::parse_fasttext(input, "model.bin");
    const std::uint64_t rows = layout.words.size() + std::uint64_t{layout.buckets};
    must(layout.matrix <= input.size() &&
             rows * layout.dimension * sizeof(float) <= input.size() - layout.matrix,
         "the matrix lies in the file");
    std::vector<std::uint32_t> found;
    for (const std::string_view word : {"word", "", "Ünïcode", "\xff\xfe"}) {
        word2vec::ngram_rows(layout, word, found);
        for (const std::uint32_t row : found) must(row < rows, "a row lies in the matrix");
    }
}

}  // namespace

void run(std::string_view input) {
    const unsigned choice = take_choice(input, 4);
    (void)word2vec::word2vec_kind(input);
    (void)word2vec::is_fasttext(input);
    may_refuse([&] {
        switch (choice) {
            case 0: check(word2vec::parse_word2vec_text(input, "model.vec")); break;
            case 1: check(word2vec::parse_word2vec_binary(input, "model.bin")); break;
            case 2: fasttext(input); break;
            default: (void)word2vec::parse_analogies(input, "questions.txt");
        }
    });
}

}  // namespace lectern::fuzz
