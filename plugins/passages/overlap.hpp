// passages/overlap.hpp: how much of a question's content a sentence speaks of.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "passages/candidates.hpp"

namespace lectern::passages {

// The content words of a question, weighed by how rare they are among the candidates: the inverse
// document frequency of BM25 (Robertson and Spärck Jones 1976), where a document is a sentence.
class Overlap {
 public:
    Overlap(std::string_view question, const std::vector<Candidate>& candidates,
            const std::vector<Passage>& passages);

    // 0 to 1 for each candidate: the weight of the words that the sentence has; a word that only
    // its heading or title has counts half.
    [[nodiscard]] const std::vector<double>& values() const noexcept { return values_; }

    // False when the question has no content words; then all values are 0.
    [[nodiscard]] bool known() const noexcept { return known_; }

 private:
    std::vector<double> values_;
    bool known_ = false;
};

// The distinct words of a text that are not stop words; all its words when all are.
[[nodiscard]] std::vector<std::string> content_words(std::string_view text);

// "When", "how many" and the like ask for a number (English, German, French, Spanish, Chinese).
[[nodiscard]] bool asks_for_number(std::string_view question);

}  // namespace lectern::passages
