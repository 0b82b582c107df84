#include "plugins/tasks/reader_calibration.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>
#include <optional>

#include "plugins/shared/failure.hpp"
#include "plugins/tasks/logistic_regression.hpp"
#include "plugins/tasks/probabilities.hpp"

namespace lectern::tasks {
namespace {

namespace json = boost::json;
using shared::fail;

constexpr std::size_t fewest = 10;   // questions of either kind
constexpr std::size_t for_all = 60;  // questions of either kind that all weights take
constexpr std::size_t most_folds = 5;
constexpr std::size_t sign_count = 6;
constexpr double strength = 10;

using Row = std::array<double, sign_count>;

Row row_of(const AnswerSentence::Signs& signs) {
    return {signs.answers, signs.sureness,         signs.similarity,
            signs.overlap, signs.sentence_overlap, signs.missing};
}

Row weights_of(const Calibration& c) {
    return {c.weight,         c.span_weight,     c.similarity_weight,
            c.overlap_weight, c.sentence_weight, c.missing_weight};
}

Calibration calibration_of(const Row& weights, double bias) {
    return {weights[0], weights[1], weights[2], weights[3], weights[4], weights[5], bias};
}

double logit(const AnswerSentence::Signs& signs, const Calibration& c) {
    const Row row = row_of(signs);
    const Row weights = weights_of(c);
    double out = c.bias;
    for (std::size_t i = 0; i < sign_count; ++i) out += weights[i] * row[i];
    return out;
}

// Of a question the passage that is likeliest, of those that answer or do not: null without one.
const SeenPassage* likeliest(const SeenQuestion& question, const Calibration& c,
                             std::optional<bool> answers = {}) {
    const SeenPassage* best = nullptr;
    for (const SeenPassage& passage : question)
        if ((!answers || passage.answers == *answers) &&
            (best == nullptr || logit(passage.signs, c) > logit(best->signs, c)))
            best = &passage;
    return best;
}

// A logistic regression of whether a passage answers, on standardised columns.
struct Regression {
    std::vector<double> weights;
    double bias = 0;
};
Regression regression(const std::vector<std::vector<double>>& values,
                      const std::vector<const SeenPassage*>& examples,
                      const std::function<void()>& check) {
    const std::size_t columns = values.front().size();
    std::vector<double> mean(columns);
    std::vector<double> scale(columns);
    const auto count = static_cast<double>(values.size());
    for (std::size_t i = 0; i < columns; ++i) {
        for (const auto& row : values) mean[i] += row[i] / count;
        for (const auto& row : values) scale[i] += (row[i] - mean[i]) * (row[i] - mean[i]) / count;
        scale[i] = std::sqrt(scale[i]) + 1e-9;
    }
    LabelledVectors data;
    data.dimension = columns;
    for (std::size_t k = 0; k < values.size(); ++k) {
        for (std::size_t i = 0; i < columns; ++i)
            data.vectors.push_back(static_cast<float>((values[k][i] - mean[i]) / scale[i]));
        data.classes.push_back(examples[k]->answers ? 1 : 0);
    }
    const LinearLayer layer = fit(data, 2, {.strength = strength}, check);
    Regression out{std::vector<double>(columns), layer.biases[1] - layer.biases[0]};
    for (std::size_t i = 0; i < columns; ++i) {
        out.weights[i] = (layer.weights[columns + i] - layer.weights[i]) / scale[i];
        out.bias -= out.weights[i] * mean[i];
    }
    return out;
}

// All weights: what tells a passage that answers from the others of its question.
Calibration weighed(const std::vector<const SeenQuestion*>& questions, const Calibration& shipped,
                    const std::function<void()>& check) {
    std::vector<const SeenPassage*> examples;
    std::vector<std::vector<double>> values;
    for (const SeenQuestion* question : questions)
        for (const bool answers : {true, false})
            if (const SeenPassage* best = likeliest(*question, shipped, answers)) {
                examples.push_back(best);
                const Row row = row_of(best->signs);
                values.emplace_back(row.begin(), row.end());
            }
    const Regression found = regression(values, examples, check);
    Row all{};
    std::copy(found.weights.begin(), found.weights.end(), all.begin());
    return calibration_of(all, found.bias);
}

// Scale and offset, by what an answer is decided by: the likeliest passage of each question. (Other
// passages that do not answer would pull all probabilities down.)
Calibration scaled(const std::vector<const SeenQuestion*>& questions, const Calibration& c,
                   const std::function<void()>& check) {
    std::vector<const SeenPassage*> examples;
    std::vector<std::vector<double>> values;
    for (const SeenQuestion* question : questions)
        if (const SeenPassage* best = likeliest(*question, c)) {
            examples.push_back(best);
            values.push_back({logit(best->signs, c)});
        }
    const Regression found = regression(values, examples, check);
    Row all = weights_of(c);
    for (double& weight : all) weight *= found.weights[0];
    return calibration_of(all, found.weights[0] * c.bias + found.bias);
}

Calibration fitted(const std::vector<const SeenQuestion*>& questions, const Calibration& shipped,
                   bool whole, const std::function<void()>& check) {
    return scaled(questions, whole ? weighed(questions, shipped, check) : shipped, check);
}

const json::value& field(const json::object& object, const char* key, const std::string& where) {
    const json::value* value = object.if_contains(key);
    if (value == nullptr) fail(LECTERN_INVALID_ARGUMENT, where + " has no \"" + key + "\"");
    return *value;
}

std::string string_of(const json::object& object, const char* key, const std::string& where) {
    const json::value& value = field(object, key, where);
    if (!value.is_string())
        fail(LECTERN_INVALID_ARGUMENT, where + ": \"" + key + "\" must be a string");
    return std::string(value.get_string());
}

std::vector<double> probabilities_of(const SeenQuestion& question, const Calibration& c) {
    std::vector<double> out;
    for (const SeenPassage& passage : question) out.push_back(probability(passage.signs, c));
    return out;
}

std::vector<Marking> markings_of(const json::value& value, std::size_t size,
                                 const std::string& where) {
    const auto wrong = [&]() {
        fail(LECTERN_INVALID_ARGUMENT,
             where + ": \"spans\" are pairs [begin, end] of bytes of the passage's text");
    };
    if (!value.is_array()) wrong();
    std::vector<Marking> out;
    for (const json::value& one : value.get_array()) {
        if (!one.is_array() || one.get_array().size() != 2) wrong();
        boost::system::error_code error;
        const auto begin = one.get_array()[0].to_number<std::uint64_t>(error);
        const auto end = error ? 0 : one.get_array()[1].to_number<std::uint64_t>(error);
        if (error || begin >= end || end > size) wrong();
        out.push_back({static_cast<std::size_t>(begin), static_cast<std::size_t>(end)});
    }
    return out;
}

}  // namespace

bool answerable(const SeenQuestion& question) {
    return std::any_of(question.begin(), question.end(),
                       [](const SeenPassage& passage) { return passage.answers; });
}

double probability(const AnswerSentence::Signs& signs, const Calibration& c) {
    return logistic(static_cast<float>(logit(signs, c)));
}

ReadingRow read_reading_row(std::string_view text, const std::string& where) {
    boost::system::error_code error;
    const json::value value = json::parse({text.data(), text.size()}, error);
    if (error || !value.is_object())
        fail(LECTERN_INVALID_ARGUMENT, where + " is not a JSON object");
    const json::object& row = value.get_object();
    ReadingRow out;
    out.question = string_of(row, "question", where);
    const json::value& passages = field(row, "passages", where);
    if (!passages.is_array())
        fail(LECTERN_INVALID_ARGUMENT, where + ": \"passages\" must be a list");
    for (const json::value& one : passages.get_array()) {
        if (!one.is_object())
            fail(LECTERN_INVALID_ARGUMENT, where + ": a passage must be an object");
        const json::object& passage = one.get_object();
        ReadingRow::Passage& to = out.passages.emplace_back();
        if (passage.contains("title")) to.title = string_of(passage, "title", where);
        to.text = string_of(passage, "text", where);
        if (passage.contains("document")) to.document = string_of(passage, "document", where);
        if (const json::value* spans = passage.if_contains("spans"))
            to.spans = markings_of(*spans, to.text.size(), where);
        const json::value& answers = field(passage, "answers", where);
        const json::value& score = field(passage, "score", where);
        if (!answers.is_bool() || !score.is_number())
            fail(LECTERN_INVALID_ARGUMENT,
                 where +
                     ": a passage has a \"score\" that is a number and \"answers\" that is true "
                     "or false");
        to.answers = answers.get_bool();
        to.score = score.to_number<double>();
    }
    return out;
}

CalibrationCurve curve(const std::vector<SeenQuestion>& questions,
                       const std::vector<std::vector<double>>& probabilities) {
    CalibrationCurve out;
    double yes = 0;
    double no = 0;
    for (std::size_t i = 0; i < questions.size(); ++i) {
        const bool can = answerable(questions[i]);
        (can ? yes : no) += 1;
        const auto best = std::max_element(probabilities[i].begin(), probabilities[i].end());
        if (best == probabilities[i].end()) continue;
        const bool right =
            questions[i][static_cast<std::size_t>(best - probabilities[i].begin())].answers;
        out.brier += (*best - (right ? 1 : 0)) * (*best - (right ? 1 : 0));
        for (std::size_t t = 0; t < CalibrationCurve::thresholds.size(); ++t) {
            if (*best < CalibrationCurve::thresholds[t]) continue;
            (can ? out.covered : out.false_answers)[t] += 1;
            if (right) out.right[t] += 1;
        }
    }
    const auto share = [](std::array<double, 9>& of, double all) {
        for (double& one : of) one = all > 0 ? one / all : 0;
    };
    share(out.covered, yes);
    share(out.right, yes);
    share(out.false_answers, no);
    if (!questions.empty()) out.brier /= static_cast<double>(questions.size());
    return out;
}

FittedCalibration fit_calibration(const std::vector<SeenQuestion>& questions,
                                  const Calibration& shipped, const std::function<void()>& check) {
    const auto yes =
        static_cast<std::size_t>(std::count_if(questions.begin(), questions.end(), answerable));
    const std::size_t no = questions.size() - yes;
    if (yes < fewest || no < fewest)
        fail(LECTERN_INVALID_ARGUMENT,
             "of " + std::to_string(questions.size()) + " questions " + std::to_string(yes) +
                 " have a passage that answers and " + std::to_string(no) +
                 " have none; at least " + std::to_string(fewest) + " of either are needed");
    FittedCalibration out;
    out.whole = std::min(yes, no) >= for_all;
    out.folds = std::min(most_folds, std::min(yes, no));
    // Dealt within each kind, so that every fold has both.
    std::vector<std::size_t> fold(questions.size());
    std::array<std::size_t, 2> dealt{};
    for (std::size_t i = 0; i < questions.size(); ++i)
        fold[i] = dealt[answerable(questions[i]) ? 1 : 0]++ % out.folds;

    std::vector<std::vector<double>> before;
    std::vector<std::vector<double>> after(questions.size());
    for (const SeenQuestion& question : questions)
        before.push_back(probabilities_of(question, shipped));
    std::vector<const SeenQuestion*> all;
    for (const SeenQuestion& question : questions) all.push_back(&question);
    for (std::size_t kept = 0; kept < out.folds; ++kept) {
        std::vector<const SeenQuestion*> others;
        for (std::size_t i = 0; i < questions.size(); ++i)
            if (fold[i] != kept) others.push_back(all[i]);
        const Calibration part = fitted(others, shipped, out.whole, check);
        for (std::size_t i = 0; i < questions.size(); ++i)
            if (fold[i] == kept) after[i] = probabilities_of(questions[i], part);
    }
    out.before = curve(questions, before);
    out.after = curve(questions, after);
    out.calibration = fitted(all, shipped, out.whole, check);
    return out;
}

}  // namespace lectern::tasks
