#include "apps/eval/measures/answers.hpp"

#include <gtest/gtest.h>

namespace lectern::evaluation {
namespace {

TEST(Answers, NormalFormOfSquad) {
    EXPECT_EQ(normalise_answer("  The  Broncos' defense, an A-team. "), "broncos defense ateam");
    EXPECT_EQ(normalise_answer("another theme"), "another theme");
    EXPECT_EQ(normalise_answer("ÉCOLE"), "école");
    EXPECT_EQ(normalise_answer("the"), "");
}

TEST(Answers, MarksAreNoText) {
    EXPECT_EQ(without_marks("It is 308 [1]. So [2][13]."), "It is 308. So.");
    EXPECT_EQ(without_marks("x [a] [] [1"), "x [a] [] [1");
}

TEST(Answers, AgainstTheRightOnes) {
    struct Case {
        const char* text;
        std::vector<std::string> right;
        double exact;
        double f1;
        bool in_text;
    };
    const std::vector<Case> cases{
        {"308", {"308"}, 1, 1, true},
        {"The 308 points.", {"308"}, 0, 2.0 / 3, true},  // precision 1/2, recall 1
        {"just 1308 points", {"308"}, 0, 0, false},
        {"the 308-point mark", {"308"}, 0, 0, true},  // one word to SQuAD; the letters stand there
        {"Denver Broncos", {"Carolina Panthers", "The Denver Broncos"}, 1, 1, true},
        {"a b a b", {"b b b"}, 0, 2 * (2.0 / 2) * (2.0 / 3) / (2.0 / 2 + 2.0 / 3), false},
        {"", {"308"}, 0, 0, false},
        {"308", {}, 0, 0, false},
    };
    for (const Case& one : cases) {
        EXPECT_DOUBLE_EQ(exact_match(one.text, one.right), one.exact) << one.text;
        EXPECT_NEAR(token_f1(one.text, one.right), one.f1, 1e-12) << one.text;
        EXPECT_EQ(answer_in_text(one.text, one.right), one.in_text) << one.text;
    }
}

TEST(Answers, CharactersToBytes) {
    EXPECT_EQ(byte_of_character("añb", 0), 0U);
    EXPECT_EQ(byte_of_character("añb", 2), 3U);
    EXPECT_EQ(byte_of_character("añb", 3), 4U);
    EXPECT_EQ(byte_of_character("añb", 9), 4U);
}

TEST(Answers, CitationsAreRightWhereTheyMeetTheGoldRange) {
    const Question question{{"308"}, "d", {{100, 103}}};
    const GivenAnswer given{
        "It was 308 [1].",
        true,
        0.9,
        {{"d", {90, 110}, true}, {"d", {101, 120}, true}, {"e", {90, 110}, false}},
        1,
        1};
    const AnswerScores scores = score_answer(question, given);
    EXPECT_EQ(scores.citations, 3U);
    EXPECT_EQ(scores.valid_citations, 2U);
    EXPECT_EQ(scores.right_citations, 2U);
    EXPECT_TRUE(scores.gold_cited);
    // Without a range the document decides; without a document nothing is said.
    EXPECT_EQ(score_answer({{"308"}, "e", {}}, given).right_citations, 1U);
    EXPECT_FALSE(score_answer({{"308"}, "", {}}, given).located);
    // Cut through the middle: met, not covered.
    const GivenAnswer cut{"308", true, 0.9, {{"d", {101, 120}, true}}, 1, 1};
    EXPECT_FALSE(score_answer(question, cut).gold_cited);
}

TEST(Answers, TheBestEvidenceAloneIsComparedWith) {
    const Question question{{"308"}, "", {}};
    const auto given = [](std::string text, std::string best) {
        GivenAnswer out;
        out.text = std::move(text);
        out.best_evidence = std::move(best);
        out.answered = true;
        return out;
    };
    GivenAnswer abstained;
    const std::vector<AnswerScores> all{
        score_answer(question, given("Many died, 308 of them [1][2].", "Many died.")),
        score_answer(question, given("Many [1].", "It was 308.")),
        score_answer(question, given("There were 308 [1].", "There were 308, said he.")),
        score_answer(question, given("Many [1].", "Many died.")),
        score_answer(question, abstained),
        score_answer({{}, "", {}}, given("308 [1].", "It was 308."))};
    const AnswerSummary summary = summarise(all);
    EXPECT_DOUBLE_EQ(summary.answer_in_text, 2.0 / 5);
    EXPECT_DOUBLE_EQ(summary.best_in_text, 2.0 / 5);
    EXPECT_EQ(summary.better, 1U);
    EXPECT_EQ(summary.worse, 1U);
    // "it was 308": one of three words is right, and that is all of the answer; "there were 308
    // said he": one of five.
    EXPECT_DOUBLE_EQ(summary.best_token_f1, (1.0 / 2 + 1.0 / 3) / 5);
}

AnswerScores scored(bool answerable, bool answered, double confidence, bool right) {
    AnswerScores out;
    out.answerable = answerable;
    out.answered = answered;
    out.confidence = confidence;
    out.in_text = right;
    return out;
}

TEST(Answers, SharesOfASummary) {
    AnswerScores good = scored(true, true, 0.9, true);
    good.exact_match = 1;
    good.token_f1 = 1;
    good.citations = 2;
    good.valid_citations = 2;
    good.located = true;
    good.right_citations = 1;
    good.gold_cited = true;
    good.sentences = 2;
    good.supported = 1;
    const std::vector<AnswerScores> all{good,
                                        scored(true, true, 0.5, false),
                                        scored(true, false, 0, false),
                                        scored(true, false, 0, false),
                                        scored(false, true, 0.4, false),
                                        scored(false, false, 0, false)};
    const AnswerSummary summary = summarise(all);
    EXPECT_EQ(summary.answerable, 4U);
    EXPECT_DOUBLE_EQ(summary.coverage, 0.5);
    EXPECT_DOUBLE_EQ(summary.exact_match, 0.25);
    EXPECT_DOUBLE_EQ(summary.answer_in_text, 0.25);
    EXPECT_DOUBLE_EQ(summary.answer_in_text_answered, 0.5);
    EXPECT_DOUBLE_EQ(summary.false_answer_rate, 0.5);
    EXPECT_DOUBLE_EQ(summary.citation_precision, 0.5);
    EXPECT_DOUBLE_EQ(summary.citation_recall, 1);
    EXPECT_DOUBLE_EQ(summary.citation_validity, 1);
    EXPECT_DOUBLE_EQ(summary.support_rate, 0.5);
    EXPECT_DOUBLE_EQ(summarise({}).coverage, 0);
}

TEST(Answers, RiskGrowsWithCoverage) {
    const std::vector<AnswerScores> all{
        scored(true, true, 0.9, true),   scored(true, true, 0.8, true),
        scored(true, true, 0.8, false),  scored(false, true, 0.5, false),
        scored(true, false, 0.1, false), scored(false, false, 0.1, false)};
    const auto curve = risk_coverage(all);
    ASSERT_EQ(curve.size(), 3U);
    EXPECT_DOUBLE_EQ(curve[0].threshold, 0.9);
    EXPECT_DOUBLE_EQ(curve[0].coverage, 0.25);
    EXPECT_DOUBLE_EQ(curve[0].risk, 0);
    // The two of 0.8 go together.
    EXPECT_DOUBLE_EQ(curve[1].coverage, 0.75);
    EXPECT_DOUBLE_EQ(curve[1].risk, 1.0 / 3);
    EXPECT_DOUBLE_EQ(curve[2].threshold, 0.5);
    EXPECT_DOUBLE_EQ(curve[2].risk, 0.5);
    EXPECT_DOUBLE_EQ(curve[2].false_answer_rate, 0.5);
    EXPECT_TRUE(risk_coverage({}).empty());
}

TEST(Answers, AThresholdLetsFewFalseAnswersPass) {
    const std::vector<AnswerScores> all{
        scored(true, true, 0.9, true),   scored(true, true, 0.6, true),
        scored(true, true, 0.4, false),  scored(true, true, 0.2, true),
        scored(false, true, 0.5, false), scored(false, true, 0.3, false),
        scored(false, true, 0.3, false), scored(false, false, 0, false)};
    struct Case {
        double most;
        double threshold;
        double coverage;
        double false_answer_rate;
    };
    for (const Case& one : {Case{0, 0.6, 0.5, 0}, Case{0.25, 0.4, 0.75, 0.25},
                            // The two of 0.3 go together.
                            Case{0.5, 0.4, 0.75, 0.25}, Case{0.75, 0.2, 1, 0.75}}) {
        EXPECT_DOUBLE_EQ(threshold_for(all, one.most), one.threshold) << one.most;
        const AnswerSummary summary = summarise(at_threshold(all, one.threshold));
        EXPECT_DOUBLE_EQ(summary.coverage, one.coverage) << one.most;
        EXPECT_DOUBLE_EQ(summary.false_answer_rate, one.false_answer_rate) << one.most;
    }
    // Nothing but false answers: none may pass.
    const std::vector<AnswerScores> wrong{scored(false, true, 0.5, false)};
    EXPECT_GT(threshold_for(wrong, 0), 0.5);
    EXPECT_EQ(summarise(at_threshold(wrong, threshold_for(wrong, 0))).false_answers, 0U);
}

}  // namespace
}  // namespace lectern::evaluation
