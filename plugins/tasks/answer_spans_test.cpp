// Logits against a NumPy float64 reference, and answers of a model whose weights are set by hand
// (testdata/make_golden.py): there the words 1876, 1923, paris, london, ada and grace are answers.
#include "plugins/tasks/answer_spans.hpp"

#include <gtest/gtest.h>

#include "plugins/tasks/test_support.hpp"

namespace lectern::tasks {
namespace {

AnswerReader reader(const AnswerOptions& options = {}) {
    return {options_for(testdata() / "answers"), {}, options};
}

std::vector<AnswerSentence> read(const AnswerReader& reader, const std::string& question,
                                 const std::vector<std::string>& passages, std::size_t most = 10) {
    std::vector<AnswerPassage> all;
    for (const std::string& passage : passages) all.push_back({"", passage, 0});
    return reader.read(question, all, most, [] {});
}

TEST(AnswerSpans, LogitsEqualTheReference) {
    for (const char* name : {"spans", "answers"}) {
        const TaskModel model(options_for(testdata() / name), Task::spans);
        const auto rows = read_json(testdata() / name / "expected.json");
        std::vector<Sequence> sequences;
        for (const auto& row : rows.as_array())
            sequences.push_back({boost::json::value_to<bert::Ids>(row.at("ids")),
                                 boost::json::value_to<bert::Ids>(row.at("types"))});
        std::size_t taken = 0;
        model.run(
            sequences,
            [&](std::size_t item, std::span<const float> logits) {
                const auto expected =
                    boost::json::value_to<bert::Vector>(rows.at(item).at("logits"));
                ASSERT_EQ(logits.size(), expected.size());
                for (std::size_t i = 0; i < expected.size(); ++i)
                    EXPECT_NEAR(logits[i], expected[i], 5e-5) << name << " " << item;
                ++taken;
            },
            [] {});
        EXPECT_EQ(taken, sequences.size());
    }
}

TEST(AnswerSpans, TheSentenceAroundTheBestSpanIsGiven) {
    const std::string passage = "The moon rises. The bridge was built in 1876. A river is water.";
    const auto found = read(reader(), "when was the bridge built", {"The sea.", passage});
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].passage, 1U);
    EXPECT_EQ(passage.substr(found[0].begin, found[0].end - found[0].begin),
              "The bridge was built in 1876.");
    EXPECT_EQ(passage.substr(found[0].span_begin, found[0].span_end - found[0].span_begin), "1876");
    EXPECT_GT(found[0].score, 0.5);
    EXPECT_LE(found[0].score, 1.0);
}

TEST(AnswerSpans, AHeadingAnswersNothing) {
    const auto found = read(reader(), "when", {"# 1923\n\nThe bridge was built in 1876."});
    ASSERT_EQ(found.size(), 1U);
    EXPECT_GT(found[0].begin, 6U);
}

TEST(AnswerSpans, ARowOfATableIsReadByItself) {
    const std::string passage =
        "The sea.\n\n| paris | river |\n|---|---|\n| stone | Ada |\n| bridge | Grace |\n";
    const auto found = read(reader(), "who was of the bridge", {"The moon.", passage});
    ASSERT_EQ(found.size(), 1U)
        << "one row has a word of the question, and a header answers nothing";
    EXPECT_EQ(found[0].passage, 1U);
    EXPECT_EQ(passage.substr(found[0].begin, found[0].end - found[0].begin), "| bridge | Grace |");
    EXPECT_EQ(passage.substr(found[0].span_begin, found[0].span_end - found[0].span_begin),
              "Grace");
    // What asks for no row is answered by any.
    EXPECT_EQ(read(reader(), "who writes", {passage}).size(), 2U);
}

TEST(AnswerSpans, EverySentenceWithAnAnswerIsGivenOnce) {
    const auto found = read(reader(), "who", {"Ada reads. Grace writes, and Grace reads. Stone."});
    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].begin, 0U);
    EXPECT_EQ(found[1].begin, 11U);
    EXPECT_EQ(read(reader(), "who", {"Ada reads. Grace writes."}, 1).size(), 1U);
}

TEST(AnswerSpans, AnAnswerBesideAnotherIsLessCertain) {
    const auto alone = read(reader(), "when", {"The bridge was built in 1876. The sea rises."});
    ASSERT_EQ(alone.size(), 1U);
    const auto two = read(reader(), "when", {"The bridge was built in 1876. In 1923."});
    ASSERT_EQ(two.size(), 2U);
    for (const AnswerSentence& one : {alone[0], two[0]}) {
        EXPECT_GE(one.span_probability, one.other_probability);
        EXPECT_LE(one.span_probability + one.other_probability, 1);
        EXPECT_GT(one.other_probability, 0);
    }
    EXPECT_LT(alone[0].other_probability / alone[0].span_probability,
              two[0].other_probability / two[0].span_probability);
    // What is said of the second is what the first is held against.
    EXPECT_NEAR(two[0].other_probability, two[1].span_probability, 1e-9);
    EXPECT_EQ(two[1].other_probability, two[0].span_probability);
}

TEST(AnswerSpans, WithoutAnAnswerOrBelowTheThresholdThereIsNone) {
    EXPECT_TRUE(read(reader(), "when", {"The moon rises.", "", "  "}).empty());
    EXPECT_TRUE(read(reader(), "when", {}).empty());
    EXPECT_EQ(read(reader(), "when", {"In 1923."}).size(), 1U);
    AnswerOptions strict;
    strict.null_threshold = 100;
    EXPECT_TRUE(read(reader(strict), "when", {"In 1923."}).empty());
}

TEST(AnswerSpans, ALongPassageIsReadInWindowsThatOverlap) {
    std::string passage;
    for (int i = 0; i < 40; ++i) passage += "The river is water. ";  // 200 tokens; 32 fit
    const std::size_t at = passage.size();
    passage += "Ada was born in London. The sea is not stone.";
    const auto found = read(reader(), "who was born", {passage});
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].begin, at);
}

TEST(AnswerSpans, OffsetsCountBytes) {
    const std::string passage = "Überall rises the moon. Ёж reads in Paris.";
    const auto found = read(reader(), "where", {passage});
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(passage.substr(found[0].begin, found[0].end - found[0].begin), "Ёж reads in Paris.");
}

TEST(AnswerSpans, AModelForAnotherTaskIsRefused) {
    const auto failure =
        failure_of([] { AnswerReader(options_for(testdata() / "reranker"), {}, {}); });
    EXPECT_NE(std::string(failure.what()).find("no tensor 'qa_outputs.weight'"), std::string::npos)
        << failure.what();
}

}  // namespace
}  // namespace lectern::tasks
