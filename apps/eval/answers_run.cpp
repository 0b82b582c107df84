#include "apps/eval/answers_run.hpp"

#include <algorithm>
#include <cstdio>

#include "api/result_json.hpp"
#include "apps/cli/common.hpp"
#include "apps/eval/measures/support.hpp"
#include "apps/eval/search_run.hpp"

namespace lectern::app {
namespace {

using evaluation::AnswerScores;
using evaluation::AnswerSummary;

// Where the right answers stand in the document's bytes. Offsets that do not point at their answer
// (the document was changed on its way in) are searched for instead, when the answer is there once.
evaluation::Question question_of(const Collection& collection, const evaluation::Query& query) {
    evaluation::Question out{*query.answers, query.document, {}};
    if (query.document.empty()) return out;
    const auto document = collection.get(query.document);
    if (!document) return out;
    const std::string& text = document->text;
    for (std::size_t i = 0; i < query.answer_starts.size(); ++i) {
        const std::string& answer = out.answers[i];
        if (answer.empty()) continue;
        std::size_t begin = evaluation::byte_of_character(text, query.answer_starts[i]);
        if (text.compare(begin, answer.size(), answer) != 0) {
            begin = text.find(answer);
            if (begin == std::string::npos || text.find(answer, begin + 1) != std::string::npos)
                continue;
        }
        out.ranges.push_back({begin, begin + answer.size()});
    }
    return out;
}

evaluation::GivenAnswer given_of(const Collection& collection, const Answer& answer,
                                 std::string best_evidence) {
    evaluation::GivenAnswer out;
    out.text = answer.text;
    out.best_evidence = std::move(best_evidence);
    if (answer.span) out.span = answer.span->text;
    out.answered = answer.status != AnswerStatus::abstained;
    out.confidence = answer.confidence;
    for (const Citation& citation : answer.citations) {
        const auto document = collection.get(citation.document);
        const bool valid =
            document.ok() && citation.begin < citation.end &&
            citation.end <= document->text.size() &&
            std::string_view(document->text)
                    .substr(citation.begin, citation.end - citation.begin) == citation.quote;
        out.citations.push_back({citation.document, {citation.begin, citation.end}, valid});
    }
    const auto found =
        evaluation::support(answer.text, [&](unsigned n) -> std::optional<std::string_view> {
            for (const Citation& citation : answer.citations)
                if (citation.n == n) return citation.quote;
            return std::nullopt;
        });
    out.sentences = found.sentences;
    out.supported = found.supported;
    return out;
}

std::vector<AnswerScores> scores_of(const std::vector<AnsweredQuestion>& answers) {
    std::vector<AnswerScores> out;
    for (const AnsweredQuestion& answer : answers) out.push_back(answer.scores);
    return out;
}

// Of the answers given: the share that the generator has written.
double written(const std::vector<AnsweredQuestion>& answers) {
    std::size_t given = 0;
    std::size_t by_generator = 0;
    for (const AnsweredQuestion& answer : answers) {
        if (!answer.scores.answered) continue;
        ++given;
        if (answer.status == name(AnswerStatus::answered) ||
            answer.status == name(AnswerStatus::unverified))
            ++by_generator;
    }
    return given == 0 ? 0 : static_cast<double>(by_generator) / static_cast<double>(given);
}

double median_milliseconds(const std::vector<AnsweredQuestion>& answers) {
    std::vector<double> all;
    for (const AnsweredQuestion& answer : answers) all.push_back(answer.milliseconds);
    if (all.empty()) return 0;
    std::nth_element(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(all.size() / 2),
                     all.end());
    return all[all.size() / 2];
}

}  // namespace

std::vector<AskedQuestion> asked_of(const std::vector<evaluation::Query>& queries,
                                    const std::string& filter) {
    std::vector<AskedQuestion> out;
    for (const evaluation::Query& query : queries)
        if (query.answers) out.push_back({query, filter, 0});
    return out;
}

Result<std::vector<AnsweredQuestion>> ask_all(const Collection& collection,
                                              const std::vector<AskedQuestion>& asked,
                                              const AskOptions& options, std::stop_token stop) {
    if (asked.empty())
        return Status{Code::invalid_argument,
                      "no query carries \"answers\", which --answers compares with"};
    std::vector<AnsweredQuestion> out(asked.size());
    LECTERN_TRY(in_parallel(asked.size(), 2, [&](std::size_t i) -> Status {
        const evaluation::Query& query = asked[i].query;
        AskOptions ask = options;
        ask.filter = asked[i].filter;
        ask.stop = stop;
        for (const auto& [question, given] : query.history)
            ask.history.push_back({question, given});
        std::string best;
        ask.on_evidence = [&best](std::span<const Citation> evidence) {
            if (!evidence.empty()) best = evidence.front().quote;
        };
        auto answer = collection.ask(query.text, ask);
        if (!answer) return answer.status().within("query '" + query.id + "'");
        const auto scores = evaluation::score_answer(question_of(collection, query),
                                                     given_of(collection, *answer, best));
        out[i] = {query.id,
                  asked[i].half,
                  answer->text,
                  std::move(best),
                  std::string(name(answer->status)),
                  scores,
                  answer->timing.milliseconds};
        return {};
    }));
    return out;
}

boost::json::object json_of(const AnsweredQuestion& answer) {
    const AnswerScores& scores = answer.scores;
    return {{"answer", api::clean(answer.text)},
            {"status", answer.status},
            {"answerable", scores.answerable},
            {"confidence", scores.confidence},
            {"exact_match", scores.exact_match},
            {"token_f1", scores.token_f1},
            {"answer_in_text", scores.in_text},
            {"span_token_f1", scores.span_token_f1},
            {"best_evidence", api::clean(answer.best_evidence)},
            {"best_evidence_in_text", scores.best_in_text},
            {"citations", scores.citations},
            {"right_citations", scores.right_citations},
            {"gold_cited", scores.gold_cited}};
}

boost::json::object answers_report(const std::vector<AnsweredQuestion>& answers) {
    const auto scores = scores_of(answers);
    const AnswerSummary summary = evaluation::summarise(scores);
    boost::json::array curve;
    for (const evaluation::RiskPoint& point : evaluation::risk_coverage(scores))
        curve.push_back(boost::json::object{{"threshold", point.threshold},
                                            {"coverage", point.coverage},
                                            {"risk", point.risk},
                                            {"false_answer_rate", point.false_answer_rate}});
    return {{"questions", summary.questions},
            {"answerable", summary.answerable},
            {"unanswerable", summary.unanswerable},
            {"coverage", summary.coverage},
            {"false_answers", summary.false_answers},
            {"false_answer_rate", summary.false_answer_rate},
            {"exact_match", summary.exact_match},
            {"token_f1", summary.token_f1},
            {"answer_in_text", summary.answer_in_text},
            {"answer_in_text_answered", summary.answer_in_text_answered},
            {"span_token_f1", summary.span_token_f1},
            {"written", written(answers)},
            {"best_evidence", boost::json::object{{"token_f1", summary.best_token_f1},
                                                  {"answer_in_text", summary.best_in_text},
                                                  {"better", summary.better},
                                                  {"worse", summary.worse}}},
            {"citation_validity", summary.citation_validity},
            {"citation_precision", summary.citation_precision},
            {"citation_recall", summary.citation_recall},
            {"support_rate", summary.support_rate},
            {"median_milliseconds", median_milliseconds(answers)},
            {"risk_coverage", std::move(curve)}};
}

void print_answers_report(const std::vector<AnsweredQuestion>& answers) {
    const auto scores = scores_of(answers);
    const AnswerSummary summary = evaluation::summarise(scores);
    std::printf("\nanswers to %zu questions (%zu answerable, %zu not); median %.0f ms\n",
                summary.questions, summary.answerable, summary.unanswerable,
                median_milliseconds(answers));
    const auto row = [](const char* what, double value, const char* of) {
        std::printf("%-20s %8.4f  %s\n", what, value, of);
    };
    row("coverage", summary.coverage, "of the answerable were answered");
    row("exact match", summary.exact_match, "over the answerable");
    row("token F1", summary.token_f1, "over the answerable");
    row("answer in text", summary.answer_in_text, "over the answerable");
    row("", summary.answer_in_text_answered, "over the answered of them");
    row("best sentence alone", summary.best_in_text, "would have a right answer in its text");
    row("", summary.best_token_f1, "would be its token F1");
    std::printf("%-20s %8s  better on %zu questions, worse on %zu\n", "the answers are", "",
                summary.better, summary.worse);
    row("citations valid", summary.citation_validity, "quote equals the document's bytes");
    row("citation precision", summary.citation_precision, "of citations meet the right place");
    row("citation recall", summary.citation_recall, "of answers cite all of the right place");
    row("support rate", summary.support_rate, "of sentences stand in what they cite");
    row("span token F1", summary.span_token_f1, "of the shortest bytes that answer");
    row("written", written(answers), "of the answers, by the generator; the rest are quotes");
    if (summary.unanswerable > 0)
        row("false answers", summary.false_answer_rate, "of the unanswerable were answered");
    std::printf("\n%10s %10s %10s %14s\n", "threshold", "coverage", "risk", "false answers");
    for (const evaluation::RiskPoint& point : evaluation::risk_coverage(scores))
        std::printf("%10.4f %10.4f %10.4f %14.4f\n", point.threshold, point.coverage, point.risk,
                    point.false_answer_rate);
}

}  // namespace lectern::app
