// analogies.hpp: "Athens is to Greece as Oslo is to …": how well word vectors answer.
//
// The test and its file format are those of Mikolov, Chen, Corrado, Dean (2013), "Efficient
// estimation of word representations in vector space" (questions-words.txt): a line ": name" begins
// a section, any other line is one question, four words a b c d. The answer is the word whose
// vector has the largest cosine with b - a + c (3CosAdd), all vectors of length 1, the three
// question words left out.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/word2vec/word_vectors.hpp"

namespace lectern::word2vec {

struct AnalogySection {
    std::string name;
    std::vector<std::array<std::string, 4>> questions;
};

// Fails on a line that is not four words, naming it; `name` is for messages.
[[nodiscard]] std::vector<AnalogySection> parse_analogies(std::string_view text,
                                                          const std::string& name);

struct AnalogyScore {
    std::string name;
    std::uint64_t questions = 0;
    std::uint64_t answered = 0;  // all four words are in the vocabulary
    std::uint64_t correct = 0;
    [[nodiscard]] double accuracy() const noexcept {  // of those answered
        return answered == 0 ? 0 : static_cast<double>(correct) / static_cast<double>(answered);
    }
};

struct AnalogyReport {
    std::vector<AnalogyScore> sections;
    AnalogyScore total;
    AnalogyScore semantic;         // sections whose name does not begin with "gram"
    AnalogyScore syntactic;        // those that do
    std::uint64_t vocabulary = 0;  // words that questions and answers were taken from
};

struct AnalogyOptions {
    std::uint64_t vocabulary = 30000;  // the most frequent words; 0: all
    unsigned threads = 1;
    // Called now and then, on one thread at a time; false: stop, the report is then meaningless.
    std::function<bool(double fraction)> progress;
};

// A question word is looked up as it is written and, failing that, folded.
[[nodiscard]] AnalogyReport evaluate(const WordVectors& model,
                                     const std::vector<AnalogySection>& sections,
                                     const AnalogyOptions& options);

}  // namespace lectern::word2vec
