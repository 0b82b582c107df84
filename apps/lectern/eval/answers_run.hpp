// apps/lectern/eval/answers_run.hpp: all questions asked, and how good the answers are.
#pragma once

#include <boost/json.hpp>
#include <string>
#include <vector>

#include "evaluation/answers.hpp"
#include "evaluation/types.hpp"
#include "lectern/lectern.hpp"

namespace lectern::app {

struct AnsweredQuestion {
    std::string query{};  // id
    std::string text{};   // of the answer
    std::string status{};
    evaluation::AnswerScores scores{};
    double milliseconds = 0;
};

// Asks every query that carries answers (an empty list: that has none).
[[nodiscard]] Result<std::vector<AnsweredQuestion>> ask_all(
    const Collection& collection, const std::vector<evaluation::Query>& queries,
    const AskOptions& options, std::stop_token stop);

[[nodiscard]] boost::json::object json_of(const AnsweredQuestion& answer);
[[nodiscard]] boost::json::object answers_report(const std::vector<AnsweredQuestion>& answers);
void print_answers_report(const std::vector<AnsweredQuestion>& answers);

}  // namespace lectern::app
