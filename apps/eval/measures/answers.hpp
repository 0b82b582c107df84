// apps/eval/measures/answers.hpp: how good answers are.
//
// Exact match and token F1 are SQuAD's (Rajpurkar et al., 2016): both sides folded (NFKC and case),
// ASCII punctuation and the articles a, an, the taken out; the best of the right answers counts.
// Marks such as [1] are no part of an answer's text. An abstention is an empty answer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lectern::evaluation {

// SQuAD's normal form, words set apart by one space.
[[nodiscard]] std::string normalise_answer(std::string_view text);
// `text` without citation marks [n] and the spaces before them.
[[nodiscard]] std::string without_marks(std::string_view text);

// 0 or 1; 0 when `right` is empty.
[[nodiscard]] double exact_match(std::string_view text, std::span<const std::string> right);
[[nodiscard]] double token_f1(std::string_view text, std::span<const std::string> right);
// A right answer stands in the text: its words in a row, or its very letters between word ends.
[[nodiscard]] bool answer_in_text(std::string_view text, std::span<const std::string> right);

struct ByteRange {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
};

// Where the `characters`-th character (code point) of UTF-8 text begins; text.size() behind the
// end.
[[nodiscard]] std::uint64_t byte_of_character(std::string_view text, std::uint64_t characters);

struct Question {
    std::vector<std::string> answers{};  // none: the documents do not answer it
    std::string document{};              // that answers it; "" when not known
    std::vector<ByteRange> ranges{};     // in that document; none when not known
};

struct CitedRange {
    std::string document{};
    ByteRange range{};
    bool valid = false;  // the quote equals the document's bytes
};

struct GivenAnswer {
    std::string text{};  // with its marks
    bool answered = false;
    double confidence = 0;
    std::vector<CitedRange> citations{};
    std::size_t sentences = 0;
    std::size_t supported = 0;
    std::string span{};           // the shortest bytes that answer; "" when not known
    std::string best_evidence{};  // what it was to be made from; "" when abstained
};

struct AnswerScores {
    bool answerable = false;
    bool answered = false;
    double confidence = 0;
    double exact_match = 0;
    double token_f1 = 0;
    bool in_text = false;
    double span_token_f1 = 0;  // of the span alone
    double best_token_f1 = 0;  // these two: had the best evidence been given in the answer's place
    bool best_in_text = false;
    std::size_t citations = 0;
    std::size_t valid_citations = 0;
    bool located = false;             // the gold document is known
    std::size_t right_citations = 0;  // overlap a gold range, or where none is known, lie in the
                                      // gold document
    bool gold_cited = false;          // one of them covers a whole gold range
    std::size_t sentences = 0;
    std::size_t supported = 0;
};
[[nodiscard]] AnswerScores score_answer(const Question& question, const GivenAnswer& given);

struct AnswerSummary {
    std::size_t questions = 0;
    std::size_t answerable = 0;
    std::size_t unanswerable = 0;
    std::size_t answered = 0;       // of the answerable
    std::size_t false_answers = 0;  // of the unanswerable
    double coverage = 0;            // answered / answerable
    double false_answer_rate = 0;   // false_answers / unanswerable
    double exact_match = 0;         // these three: means over the answerable, abstentions 0
    double token_f1 = 0;
    double answer_in_text = 0;
    double answer_in_text_answered = 0;  // over the answered of the answerable
    double span_token_f1 = 0;            // of the span alone, over the answerable
    double best_token_f1 = 0;            // these two: of the best evidence alone
    double best_in_text = 0;
    std::size_t better = 0;         // the answer has in its text what the best evidence lacks
    std::size_t worse = 0;          // the other way round
    double citation_validity = 0;   // valid / all citations
    double citation_precision = 0;  // right / all citations of located, answered questions
    double citation_recall = 0;     // gold cited / located, answered questions
    double support_rate = 0;        // supported / all sentences of answers
};
// Shares of nothing are 0.
[[nodiscard]] AnswerSummary summarise(std::span<const AnswerScores> scores);

// What a threshold on confidence would give.
struct RiskPoint {
    double threshold = 0;          // the least confidence that is answered
    double coverage = 0;           // answered, of all answerable questions
    double risk = 0;               // wrong, of all answers given (false answers included)
    double false_answer_rate = 0;  // answered, of the unanswerable questions
};
// For coverages of 10 %, 20 % … as far as answers were given, and the last one. Only questions that
// were answered can be ranked: lower the pipeline's abstain_below to see more of the curve.
[[nodiscard]] std::vector<RiskPoint> risk_coverage(std::span<const AnswerScores> scores);

// The least confidence given to an answer at which, were it the threshold, at most this share of
// the unanswerable questions is answered. Above every confidence when there is none.
[[nodiscard]] double threshold_for(std::span<const AnswerScores> scores, double most_false_answers);
// As the scores had been, had the threshold been this.
[[nodiscard]] std::vector<AnswerScores> at_threshold(std::span<const AnswerScores> scores,
                                                     double threshold);

}  // namespace lectern::evaluation
