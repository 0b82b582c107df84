#include "plugins/tasks/two_readers.hpp"

#include <gtest/gtest.h>

namespace lectern::tasks {
namespace {

AnswerSentence sentence(std::size_t passage, std::size_t begin, std::size_t end, std::size_t span,
                        double score) {
    return {passage, begin, end, span, span + 4, score, {}};
}

TEST(TwoReaders, WhereBothMeanOneSentenceItIsFirstAndHasTheSpan) {
    const std::vector<AnswerSentence> read{sentence(0, 0, 20, 5, 0.7), sentence(1, 0, 20, 5, 0.7)};
    const std::vector<passages::Evidence> compared{{1, {0, 20}, 0.6}, {0, {30, 50}, 0.6}};
    const auto out = combine(read, compared, 10);
    ASSERT_EQ(out.size(), 3U);
    EXPECT_EQ(out[0].passage, 1U);
    EXPECT_EQ(out[0].span_begin, 5U);
    EXPECT_GT(out[0].score, 0.6);
    EXPECT_EQ(out[1].passage, 0U);
    EXPECT_EQ(out[1].begin, 30U);
    EXPECT_EQ(out[1].span_end, 0U);
    EXPECT_EQ(combine(read, compared, 1).size(), 1U);
}

TEST(TwoReaders, WhatOneOfThemDoubtsIsDoubted) {
    const std::vector<AnswerSentence> read{sentence(0, 0, 20, 5, 0.9)};
    EXPECT_LT(combine(read, {}, 10).at(0).score, 0.4);
    const std::vector<passages::Evidence> compared{{0, {0, 20}, 0.9}};
    EXPECT_LT(combine({}, compared, 10).at(0).score, 0.4);
    EXPECT_GT(combine(read, compared, 10).at(0).score, 0.9);
}

}  // namespace
}  // namespace lectern::tasks
