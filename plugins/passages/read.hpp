// passages/read.hpp: finds the sentences in passages that answer a question.
//
// A logistic regression over few features: cosine of the sentence's vector and the question's,
// weighted word overlap, the search score of the passage, whether what is asked for is there (a
// number, a name, a definition), and whether the passage lacks a name of the question.
// Its value is the estimated probability that the sentence answers the question.
//
// The default weights were chosen on XQuAD (Artetxe et al. 2020, arXiv:1910.11856), English, 612
// questions over 120 paragraphs, with all-MiniLM-L6-v2 and the six best paragraphs. The overlap
// weighs less than a fit would have it, as XQuAD's questions were written with the paragraph in
// sight. Measured so: the best sentence holds the answer for 81 percent of the questions (45, 63,
// 70, 81 and 91 percent at scores from 0, 0.2, 0.4, 0.6 and 0.8); a score of at least 0.35 is
// reached by 89 percent of the questions, and by 0.2 percent when the whole article of the
// paragraph with the answer is taken out.
#pragma once

#include <functional>
#include <string_view>
#include <vector>

#include "passages/candidates.hpp"

namespace lectern::passages {

struct ReadOptions {
    // score = 1 / (1 + exp(-(bias + sum of weight x feature))).
    double bias = -8.5;
    double similarity_weight = 7.0;  // x cosine, -1 to 1
    double overlap_weight = 6.0;     // x overlap, 0 to 1
    double passage_weight = 1.5;     // x the passage's search score / the best one, 0 to 1
    double number_weight = 0.5;      // x 1 when a number is asked for and there, -1 when not there
    double name_weight = 0.5;        // the same for a name, when a person or a place is asked for
    double definition_weight = 1.0;  // x 1 when the sentence says what a thing is, as asked
    double missing_name_weight = -1.5;  // x 1 when the passage lacks a name of the question
    double missing_term_weight = -3.0;  // x 1 when the passage lacks what is to be defined
    double min_score = 0.02;            // less is no evidence
    std::size_t max_sentences = 64;     // most that are embedded; the cheap features choose
};

struct Evidence {
    std::size_t passage = 0;
    Range range;
    double score = 0;  // 0 to 1
};

enum class Purpose { query, passage };

// Vectors of length 1, one behind the other, for each text.
using Embed = std::function<std::vector<float>(const std::vector<std::string_view>&, Purpose)>;

// What a candidate was scored by.
struct Features {
    double similarity = 0;
    double overlap = 0;
    double passage = 0;
    double number = 0;
    double name = 0;
    double definition = 0;
    double missing_name = 0;
    double missing_term = 0;
    double cost = 0;  // taken off: very long sentences, code
};

struct Scored {
    Candidate candidate;
    Features features;
    std::size_t vector = 0;  // row of `vectors`
};

struct ScoredSentences {
    std::vector<Scored> sentences;
    std::vector<float> vectors;
    std::size_t dimension = 0;
};

// The features of all candidates (max_sentences of them), for `read` and for fitting the weights.
[[nodiscard]] ScoredSentences features(std::string_view question,
                                       const std::vector<Passage>& passages,
                                       const ReadOptions& options, const Embed& embed);

// `bonus` is added before the logistic function.
[[nodiscard]] double score(const Features& features, const ReadOptions& options,
                           double bonus = 0) noexcept;

// At most `most`, best first, near-duplicates left out. For a question that asks to explain,
// sentences beside one that is taken count for more.
[[nodiscard]] std::vector<Evidence> read(std::string_view question,
                                         const std::vector<Passage>& passages, std::size_t most,
                                         const ReadOptions& options, const Embed& embed);

}  // namespace lectern::passages
