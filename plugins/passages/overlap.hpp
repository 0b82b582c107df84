// passages/overlap.hpp: how much of a question's content a sentence speaks of.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "passages/candidates.hpp"

namespace lectern::passages {

// The content words of a question, weighed by how rare they are among the candidates: the inverse
// document frequency of BM25 (Robertson and Spärck Jones 1976), where a document is a sentence. A
// plain word that none has counts half: it may be said in other words.
class Overlap {
 public:
    Overlap(std::string_view question, const std::vector<Candidate>& candidates,
            const std::vector<Passage>& passages);

    // 0 to 1 for each candidate: the weight of the words that the sentence has. A word that only
    // its heading or title has, or the sentence that it leans on, counts half; one that only
    // another sentence before it has counts less.
    [[nodiscard]] const std::vector<double>& values() const noexcept { return values_; }

    // False when the question has no content words; then all values are 0.
    [[nodiscard]] bool known() const noexcept { return known_; }

 private:
    std::vector<double> values_;
    bool known_ = false;
};

struct AskedWord {
    std::string folded;
    bool name = false;      // a name or a number, by its first character
    std::string joined_to;  // "gpt" of the 4 in "GPT-4": counts only behind it
};

// The distinct words of a question that are not stop words; all its words when all are.
[[nodiscard]] std::vector<AskedWord> content_words(std::string_view question);

// For each passage: 1 when a name or a number of the question occurs neither in it nor in its
// title.
[[nodiscard]] std::vector<char> missing_names(const std::vector<AskedWord>& asked,
                                              const std::vector<Passage>& passages);

}  // namespace lectern::passages
