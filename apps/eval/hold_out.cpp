#include "apps/eval/hold_out.hpp"

#include <cstdio>
#include <map>
#include <unordered_map>

#include "text/double_quoted.hpp"

namespace lectern::app {
namespace {

// The value of the field as text; "" when the document has none.
std::string value_of(const Document& document, const std::string& field) {
    if (field == "id") return document.id;
    if (field == "title") return document.title;
    const auto metadata = boost::json::parse(document.metadata.empty() ? "{}" : document.metadata);
    const auto* object = metadata.if_object();
    const auto* value = object == nullptr ? nullptr : object->if_contains(field);
    if (value == nullptr || value->is_null()) return {};
    return value->is_string() ? std::string(value->get_string()) : boost::json::serialize(*value);
}

// Halves by document, and the filter that passes each half.
struct Halves {
    std::unordered_map<std::string, int> half;
    std::array<std::string, 2> filters;
};

Result<Halves> halves_by(const Collection& collection, const std::string& field,
                         const std::string& filter) {
    std::map<std::string, std::vector<std::string>> documents;
    std::string without;
    LECTERN_TRY(collection.each_document([&](const Document& document) {
        const std::string value = value_of(document, field);
        if (value.empty())
            without = document.id;
        else
            documents[value].push_back(document.id);
        return without.empty();
    }));
    if (!without.empty())
        return Status{Code::invalid_argument,
                      "--hold-out: the document '" + without + "' has no '" + field +
                          "'; give a field that every document has, such as id"};
    if (documents.size() < 2)
        return Status{Code::invalid_argument, "--hold-out: all documents have the same '" + field +
                                                  "', so no half can be held out"};
    Halves out;
    int half = 0;
    for (const auto& [value, ids] : documents) {
        for (const std::string& id : ids) {
            out.half[id] = half;
            std::string& list = out.filters.at(static_cast<std::size_t>(half));
            list += (list.empty() ? "id in (" : ", ") + text::double_quoted(id);
        }
        half = 1 - half;
    }
    for (std::string& list : out.filters) {
        list += ")";
        if (!filter.empty()) list = "(" + filter + ") and " + list;
    }
    return out;
}

std::vector<evaluation::AnswerScores> scores_of(const std::vector<AnsweredQuestion>& answers,
                                                int half) {
    std::vector<evaluation::AnswerScores> out;
    for (const AnsweredQuestion& answer : answers)
        if (answer.half == half) out.push_back(answer.scores);
    return out;
}

boost::json::object summary_json(const evaluation::AnswerSummary& summary) {
    return {{"questions", summary.questions},
            {"coverage", summary.coverage},
            {"answer_in_text", summary.answer_in_text},
            {"answer_in_text_answered", summary.answer_in_text_answered},
            {"false_answer_rate", summary.false_answer_rate}};
}

}  // namespace

Result<std::vector<AskedQuestion>> hold_out(const Collection& collection,
                                            const std::vector<evaluation::Query>& queries,
                                            const std::string& field, const std::string& filter) {
    LECTERN_ASSIGN(const Halves halves, halves_by(collection, field, filter));
    std::vector<AskedQuestion> out;
    for (const evaluation::Query& query : queries) {
        if (!query.answers) continue;
        const auto home = halves.half.find(query.document);
        if (!query.answers->empty() && home == halves.half.end())
            return Status{Code::invalid_argument,
                          "--hold-out: the query '" + query.id + "' has answers, and its doc '" +
                              query.document + "' is not in the collection"};
        for (int half = 0; half < 2; ++half) {
            AskedQuestion asked{query, halves.filters.at(static_cast<std::size_t>(half)), half};
            if (home == halves.half.end() || home->second != half) {
                asked.query.answers->clear();
                asked.query.answer_starts.clear();
                asked.query.document.clear();
            }
            out.push_back(std::move(asked));
        }
    }
    return out;
}

Result<std::vector<AskedQuestion>> near_misses(const Collection& collection,
                                               const std::vector<evaluation::Query>& queries,
                                               const std::string& filter) {
    std::map<std::string, int> halves;  // of the documents that questions name
    for (const evaluation::Query& query : queries)
        if (query.answers && !query.document.empty()) halves[query.document] = 0;
    int half = 0;
    for (auto& [document, of] : halves) {
        const auto there = collection.get(document);
        if (!there) return there.status().within("--near-misses: a query's doc");
        of = half;
        half = 1 - half;
    }
    std::vector<AskedQuestion> out;
    for (const evaluation::Query& query : queries) {
        if (!query.answers) continue;
        if (query.document.empty() && !query.answers->empty())
            return Status{Code::invalid_argument,
                          "--near-misses: the query '" + query.id +
                              "' has answers, and no doc that could be left "
                              "out"};
        if (query.document.empty()) {
            for (int each = 0; each < 2; ++each) out.push_back({query, filter, each});
            continue;
        }
        const int own = halves.at(query.document);
        out.push_back({query, filter, own});
        const std::string others = "not id = " + text::double_quoted(query.document);
        AskedQuestion near{query, filter.empty() ? others : "(" + filter + ") and " + others, own};
        near.query.answers->clear();
        near.query.answer_starts.clear();
        near.query.document.clear();
        out.push_back(std::move(near));
    }
    return out;
}

std::array<JudgedThreshold, 2> judge_thresholds(const std::vector<AnsweredQuestion>& answers,
                                                double most_false_answers) {
    std::array<JudgedThreshold, 2> out;
    for (int half = 0; half < 2; ++half) {
        JudgedThreshold& one = out.at(static_cast<std::size_t>(half));
        const auto chosen = scores_of(answers, half);
        one.threshold = evaluation::threshold_for(chosen, most_false_answers);
        one.chosen_on = evaluation::summarise(evaluation::at_threshold(chosen, one.threshold));
        one.judged_on = evaluation::summarise(
            evaluation::at_threshold(scores_of(answers, 1 - half), one.threshold));
    }
    return out;
}

boost::json::object thresholds_report(const std::vector<AnsweredQuestion>& answers,
                                      double most_false_answers) {
    boost::json::array out;
    for (const JudgedThreshold& one : judge_thresholds(answers, most_false_answers))
        out.push_back(boost::json::object{{"threshold", one.threshold},
                                          {"chosen_on", summary_json(one.chosen_on)},
                                          {"judged_on", summary_json(one.judged_on)}});
    return {{"most_false_answers", most_false_answers}, {"halves", std::move(out)}};
}

void print_thresholds_report(const std::vector<AnsweredQuestion>& answers,
                             double most_false_answers) {
    std::printf(
        "\nthresholds for at most %.3g %% false answers, chosen on one half of the documents and "
        "judged on the other\n%10s %10s %10s %14s %16s\n",
        100 * most_false_answers, "half", "threshold", "coverage", "false answers",
        "answer in text");
    const char* names[] = {"first", "second"};
    const auto halves = judge_thresholds(answers, most_false_answers);
    for (std::size_t half = 0; half < halves.size(); ++half) {
        const JudgedThreshold& one = halves.at(half);
        const auto row = [&](std::size_t of, const evaluation::AnswerSummary& summary,
                             const char* how) {
            std::printf("%10s %10.4f %10.4f %14.4f %16.4f  %s\n", names[of], one.threshold,
                        summary.coverage, summary.false_answer_rate,
                        summary.answer_in_text_answered, how);
        };
        row(half, one.chosen_on, "chosen");
        row(1 - half, one.judged_on, "judged");
    }
}

}  // namespace lectern::app
