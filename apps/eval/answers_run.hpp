// apps/eval/answers_run.hpp: all questions asked, and how good the answers are.
#pragma once

#include <boost/json.hpp>
#include <string>
#include <vector>

#include "apps/eval/measures/answers.hpp"
#include "apps/eval/measures/types.hpp"
#include "lectern/lectern.hpp"

namespace lectern::app {

struct AskedQuestion {
    evaluation::Query query{};
    std::string filter{};
    int half = 0;  // of the documents, where halves are held out
};

struct AnsweredQuestion {
    std::string query{};  // id
    int half = 0;
    std::string text{};           // of the answer
    std::string best_evidence{};  // the sentence that the readers put first; "" when abstained
    std::string status{};
    evaluation::AnswerScores scores{};
    double milliseconds = 0;
};

// Every query that carries answers (an empty list: that has none).
[[nodiscard]] std::vector<AskedQuestion> asked_of(const std::vector<evaluation::Query>& queries,
                                                  const std::string& filter);
// The options' filter is not used: each question has its own.
[[nodiscard]] Result<std::vector<AnsweredQuestion>> ask_all(const Collection& collection,
                                                            const std::vector<AskedQuestion>& asked,
                                                            const AskOptions& options,
                                                            std::stop_token stop);

[[nodiscard]] boost::json::object json_of(const AnsweredQuestion& answer);
[[nodiscard]] boost::json::object answers_report(const std::vector<AnsweredQuestion>& answers);
void print_answers_report(const std::vector<AnsweredQuestion>& answers);

}  // namespace lectern::app
