#include "plugins/tasks/reader_calibration.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

#include "lectern/plugin.hpp"

namespace lectern::tasks {
namespace {

const Calibration shipped{.weight = 1, .bias = 0};

// Questions whose reader is right about the order, and too sure by far: a passage answers with the
// probability of a third of its logit.
std::vector<SeenQuestion> overconfident(std::size_t count) {
    std::mt19937 random(7);
    std::normal_distribution<double> logits(0, 4);
    std::uniform_real_distribution<double> share(0, 1);
    std::vector<SeenQuestion> out;
    for (std::size_t i = 0; i < count; ++i) {
        SeenQuestion question;
        for (int k = 0; k < 3; ++k) {
            SeenPassage passage;
            passage.signs.answers = logits(random);
            passage.answers = share(random) < 1 / (1 + std::exp(-passage.signs.answers / 3));
            question.push_back(passage);
        }
        // Every third has no passage that answers.
        if (i % 3 == 0)
            for (SeenPassage& passage : question) {
                passage.answers = false;
                passage.signs.answers -= 3;
            }
        out.push_back(question);
    }
    return out;
}

TEST(ReaderCalibration, FewQuestionsMoveScaleAndOffset) {
    const FittedCalibration fitted = fit_calibration(overconfident(90), shipped, [] {});
    EXPECT_FALSE(fitted.whole);
    EXPECT_LT(fitted.calibration.weight, 0.8);
    EXPECT_GT(fitted.calibration.weight, 0.1);
    EXPECT_EQ(fitted.calibration.overlap_weight, 0);  // as it was: 0 times the scale
    EXPECT_LT(fitted.after.brier, fitted.before.brier);
}

TEST(ReaderCalibration, WhatIsCalibratedStaysSo) {
    // The likeliest passage is right as often as it says; five others of each question answer
    // never.
    std::mt19937 random(3);
    std::normal_distribution<double> logits(0, 2);
    std::uniform_real_distribution<double> share(0, 1);
    std::vector<SeenQuestion> questions;
    for (int i = 0; i < 400; ++i) {
        SeenQuestion question(6);
        const double logit = logits(random);
        for (SeenPassage& passage : question) passage.signs.answers = logit - 0.5;
        question[0].signs.answers = logit;
        question[0].answers = share(random) < 1 / (1 + std::exp(-logit));
        questions.push_back(question);
    }
    const FittedCalibration fitted = fit_calibration(
        std::vector<SeenQuestion>(questions.begin(), questions.begin() + 100), shipped, [] {});
    EXPECT_FALSE(fitted.whole);
    EXPECT_NEAR(fitted.calibration.weight, 1, 0.7);
    EXPECT_NEAR(fitted.calibration.bias, 0, 0.6);
    EXPECT_LT(fitted.after.brier, fitted.before.brier + 0.03);
    const FittedCalibration many = fit_calibration(questions, shipped, [] {});
    EXPECT_TRUE(many.whole);
    EXPECT_LT(many.after.brier, many.before.brier + 0.03);
}

TEST(ReaderCalibration, ManyQuestionsFitAllWeights) {
    std::vector<SeenQuestion> questions = overconfident(600);
    for (SeenQuestion& question : questions)  // a sign that says it all
        for (SeenPassage& passage : question) passage.signs.similarity = passage.answers ? 1 : 0;
    const FittedCalibration fitted = fit_calibration(questions, shipped, [] {});
    EXPECT_TRUE(fitted.whole);
    EXPECT_GT(fitted.calibration.similarity_weight, 3);
    EXPECT_LT(fitted.after.brier, 0.1);
    // Answered with half the probability: nearly all that can be, and little else.
    EXPECT_GT(fitted.after.right[4], 0.9);
    EXPECT_LT(fitted.after.false_answers[4], 0.1);
}

TEST(ReaderCalibration, TooFewQuestionsAreRefused) {
    for (const std::size_t count : {0, 12, 19})
        EXPECT_THROW((void)fit_calibration(overconfident(count), shipped, [] {}), plugin::Failure)
            << count;
}

TEST(ReaderCalibration, TheCurveCountsQuestions) {
    SeenPassage right;
    right.answers = true;
    const std::vector<SeenQuestion> questions{{right, {}}, {{}, right}, {{}}, {}};
    const auto found = curve(questions, {{0.95, 0.2}, {0.55, 0.3}, {0.35}, {}});
    EXPECT_EQ(found.covered[0], 1);          // at .1
    EXPECT_EQ(found.right[0], 0.5);          // the second one's likeliest passage does not answer
    EXPECT_EQ(found.false_answers[0], 0.5);  // of the two that none answers
    EXPECT_EQ(found.covered[5], 0.5);        // at .6
    EXPECT_EQ(found.false_answers[5], 0);
}

TEST(ReaderCalibration, RowsAreChecked) {
    const ReadingRow row = read_reading_row(
        R"({"question":"q","passages":[{"title":"t","text":"x","score":0.5,"answers":true}]})",
        "row 1");
    EXPECT_EQ(row.question, "q");
    ASSERT_EQ(row.passages.size(), 1U);
    EXPECT_TRUE(row.passages[0].answers);
    for (const char* wrong :
         {"", "[]", R"({"question":7,"passages":[]})", R"({"question":"q"})",
          R"({"question":"q","passages":[{"text":"x","score":1}]})",
          R"({"question":"q","passages":[{"text":"x","score":"1","answers":true}]})"})
        EXPECT_THROW((void)read_reading_row(wrong, "row 1"), plugin::Failure) << wrong;
}

}  // namespace
}  // namespace lectern::tasks
