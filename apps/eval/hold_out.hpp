// apps/eval/hold_out.hpp: questions whose documents are held out of what is read.
//
// Documents that share the value of a field (an article's paragraphs share its title) stand in one
// half. Every question is asked twice: of the half that has its document, where it can be answered,
// and of the other one, where it cannot. The filter keeps a half's documents apart, as a collection
// of its own would.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "apps/eval/answers_run.hpp"

namespace lectern::app {

// `field`: "id", "title" or a key of the metadata. Halves are 0 and 1: values are dealt out in
// turn, in their order. Questions with answers must name their document (`doc`); one without
// answers is asked of both halves.
[[nodiscard]] Result<std::vector<AskedQuestion>> hold_out(
    const Collection& collection, const std::vector<evaluation::Query>& queries,
    const std::string& field, const std::string& filter);

// Every question that names its document is asked twice: as it is, and of all documents but that
// one. What is left is as near to the question as it can be, so false answers are far more likely.
// The documents are dealt out into halves, for the threshold. A question that is answered in
// another document too is not unanswerable then, and counts as if it were.
[[nodiscard]] Result<std::vector<AskedQuestion>> near_misses(
    const Collection& collection, const std::vector<evaluation::Query>& queries,
    const std::string& filter);

// The threshold is chosen on one half's answers, and judged on the other half's.
struct JudgedThreshold {
    double threshold = 0;
    evaluation::AnswerSummary chosen_on;
    evaluation::AnswerSummary judged_on;
};
// [half]: chosen on `half`, for at most this share of false answers.
[[nodiscard]] std::array<JudgedThreshold, 2> judge_thresholds(
    const std::vector<AnsweredQuestion>& answers, double most_false_answers);

[[nodiscard]] boost::json::object thresholds_report(const std::vector<AnsweredQuestion>& answers,
                                                    double most_false_answers);
void print_thresholds_report(const std::vector<AnsweredQuestion>& answers,
                             double most_false_answers);

}  // namespace lectern::app
