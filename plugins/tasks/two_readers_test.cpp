#include "plugins/tasks/two_readers.hpp"

#include <gtest/gtest.h>

namespace lectern::tasks {
namespace {

AnswerSentence sentence(std::size_t passage, std::size_t begin, std::size_t end, std::size_t span,
                        double score) {
    return {passage, begin, end, span, span + 4, score, {}, 0.5, 0.25};
}

// The texts of the tests below do not matter where nothing special is asked for.
const std::vector<AnswerPassage> passages_of_no_matter{
    {"", "of fifty letters, as long as the ranges that follow", 1},
    {"", "of fifty letters, as long as the ranges that follow", 1}};

std::vector<AnswerSentence> combine(const std::vector<AnswerSentence>& read,
                                    const std::vector<passages::Evidence>& compared,
                                    std::size_t most) {
    return tasks::combine("What is it?", passages_of_no_matter, read, compared, most);
}

TEST(TwoReaders, WhereBothMeanOneSentenceItIsFirstAndHasTheSpan) {
    const std::vector<AnswerSentence> read{sentence(0, 0, 20, 5, 0.7), sentence(1, 0, 20, 5, 0.7)};
    const std::vector<passages::Evidence> compared{{1, {0, 20}, 0.6}, {0, {30, 50}, 0.6}};
    const auto out = combine(read, compared, 10);
    ASSERT_EQ(out.size(), 3U);
    EXPECT_EQ(out[0].passage, 1U);
    EXPECT_EQ(out[0].span_begin, 5U);
    EXPECT_GT(out[0].score, 0.6);
    EXPECT_EQ(out[0].span_probability, 0.5);
    EXPECT_EQ(out[0].other_probability, 0.25);
    EXPECT_EQ(out[1].span_probability, 0);
    EXPECT_EQ(out[1].passage, 0U);
    EXPECT_EQ(out[1].begin, 30U);
    EXPECT_EQ(out[1].span_end, 0U);
    EXPECT_EQ(combine(read, compared, 1).size(), 1U);
}

TEST(TwoReaders, WhatOneOfThemDoubtsIsDoubted) {
    const std::vector<AnswerSentence> read{sentence(0, 0, 20, 5, 0.9)};
    EXPECT_LT(combine(read, {}, 10).at(0).score, 0.5);
    const std::vector<passages::Evidence> compared{{0, {0, 20}, 0.9}};
    EXPECT_LT(combine({}, compared, 10).at(0).score, 0.4);
    EXPECT_GT(combine(read, compared, 10).at(0).score, 0.9);
}

TEST(TwoReaders, WhatIsOfAnotherKindThanAskedForIsDoubted) {
    const std::string_view text = "The budget is 4 million euros. It began in March 2019 at last.";
    const std::vector<AnswerPassage> passages{{"", text, 1}};
    const std::size_t money = text.find("4 million euros");
    const std::size_t date = text.find("March 2019");
    const std::vector<passages::Evidence> compared{{0, {0, 30}, 0.8}};
    const std::vector<AnswerSentence> wrong{{0, 0, 30, money, money + 15, 0.7, {}, 0, 0}};
    const auto doubted = tasks::combine("When did Vega start?", passages, wrong, compared, 10);
    EXPECT_LT(doubted.at(0).score, 0.7);
    EXPECT_GT(tasks::combine("What is its budget?", passages, wrong, compared, 10).at(0).score,
              0.8);
    // The trained reader's sentence has the date, the compared one has none.
    const std::vector<AnswerSentence> right{{0, 31, text.size(), date, date + 10, 0.95, {}, 0, 0}};
    const std::vector<passages::Evidence> both{{0, {0, 30}, 0.8}, {0, {31, text.size()}, 0.5}};
    EXPECT_EQ(tasks::combine("When did Vega start?", passages, right, both, 10).at(0).begin, 31U);
}

TEST(TwoReaders, PassagesWithTheBestSentencesAreRead) {
    const std::vector<passages::Evidence> compared{
        {3, {0, 9}, 0.9}, {0, {0, 9}, 0.2}, {3, {9, 12}, 0.1}};
    EXPECT_EQ(worth_reading(compared, 5, 3), (std::vector<std::size_t>{0, 1, 3}));
    EXPECT_EQ(worth_reading({}, 2, 3), (std::vector<std::size_t>{0, 1}));
}

}  // namespace
}  // namespace lectern::tasks
