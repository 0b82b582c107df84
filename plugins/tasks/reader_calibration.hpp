// tasks/reader_calibration.hpp: from a collection's own questions to the calibration of a reader.
//
// A reader with three outputs says by a logistic function of its signs (AnswerSentence::Signs) how
// likely a passage answers; the one that ships was fitted on thirteen kinds of text (training/).
// Here the same function is fitted to questions of one's own, each with the passages that the
// search gave for it. With few questions only the scale and the offset of the shipped one move
// (Platt, "Probabilistic outputs for support vector machines", 1999).
#pragma once

#include <array>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/tasks/answer_spans.hpp"
#include "plugins/tasks/last_layer.hpp"

namespace lectern::tasks {

// What the reader sees in a passage, and whether it answers.
struct SeenPassage {
    AnswerSentence::Signs signs;
    bool answers = false;
};
// Of one question; empty: nothing was found for it.
using SeenQuestion = std::vector<SeenPassage>;

// One row: {"question", "passages": [{"title", "text", "score", "answers", "document", "spans"}]};
// a passage may lack its document's name, and where in its text the right answers stand, [[begin,
// end], ...] in bytes. `where` is for messages. Throws Failure.
struct ReadingRow {
    struct Passage {
        std::string title;
        std::string text;
        double score = 0;
        bool answers = false;
        std::string document;
        std::vector<Marking> spans;
    };
    std::string question;
    std::vector<Passage> passages;
};
[[nodiscard]] ReadingRow read_reading_row(std::string_view json, const std::string& where);

[[nodiscard]] bool answerable(const SeenQuestion& question);  // some passage answers

[[nodiscard]] double probability(const AnswerSentence::Signs& signs, const Calibration& c);

// How a calibration does on questions: for each threshold the share of the questions with a passage
// that answers whose likeliest passage reaches it and answers (`right`), or reaches it (`covered`),
// and the share of the others whose likeliest passage reaches it (`false_answers`).
struct CalibrationCurve {
    static constexpr std::array<double, 9> thresholds{.1, .2, .3, .4, .5, .6, .7, .8, .9};
    std::array<double, 9> covered{};
    std::array<double, 9> right{};
    std::array<double, 9> false_answers{};
    double brier = 0;  // of the likeliest passage's probability against whether it answers
};
// `probabilities`: of each question's passages, in their order.
[[nodiscard]] CalibrationCurve curve(const std::vector<SeenQuestion>& questions,
                                     const std::vector<std::vector<double>>& probabilities);

struct FittedCalibration {
    Calibration calibration;
    bool whole = false;  // all weights were fitted, not the scale and the offset alone
    std::size_t folds = 0;
    CalibrationCurve before;
    CalibrationCurve after;  // of each question by a fit to the others (in folds)
};

// Throws Failure (LECTERN_INVALID_ARGUMENT) with fewer than 10 questions that a passage answers, or
// fewer than 10 that none answers.
[[nodiscard]] FittedCalibration fit_calibration(const std::vector<SeenQuestion>& questions,
                                                const Calibration& shipped,
                                                const std::function<void()>& check);

}  // namespace lectern::tasks
