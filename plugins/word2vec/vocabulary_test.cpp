#include "plugins/word2vec/vocabulary.hpp"

#include <gtest/gtest.h>

namespace lectern::word2vec {
namespace {

TEST(Vocabulary, FindsEveryWordByItsId) {
    Vocabulary words;
    for (int i = 0; i < 5000; ++i) words.add("word" + std::to_string(i), 1);
    ASSERT_EQ(words.size(), 5000U);
    for (std::uint32_t i = 0; i < 5000; ++i) {
        ASSERT_EQ(words.find("word" + std::to_string(i)), i);
        ASSERT_EQ(words.word(i), "word" + std::to_string(i));
    }
    EXPECT_EQ(words.find("word5000"), std::nullopt);
    EXPECT_EQ(words.find(""), std::nullopt);
    EXPECT_EQ(Vocabulary().find("a"), std::nullopt);
}

TEST(Vocabulary, KeepsTheFirstOfTwoEqualWords) {
    Vocabulary words;
    words.add("a", 3);
    words.add("a", 5);
    words.add("b", 1);
    EXPECT_EQ(words.find("a"), 0U);
    EXPECT_EQ(words.find("b"), 2U);
}

TEST(Vocabulary, ProbabilityIsTheShareOfTheCountsWithoutLineEnds) {
    Vocabulary words;
    words.add("</s>", 100);
    words.add("the", 6);
    words.add("cat", 2);
    EXPECT_DOUBLE_EQ(words.probability(0), 0);
    EXPECT_DOUBLE_EQ(words.probability(1), 0.75);
    EXPECT_DOUBLE_EQ(words.probability(2), 0.25);
}

TEST(Vocabulary, ProbabilityFollowsZipfWhenThereAreNoCounts) {
    Vocabulary words;
    words.add("</s>", 0);
    words.add("the", 0);
    words.add("of", 0);
    words.add("cat", 0);
    const double harmonic = 1.0 + 1.0 / 2 + 1.0 / 3;
    EXPECT_DOUBLE_EQ(words.probability(1), 1 / harmonic);
    EXPECT_DOUBLE_EQ(words.probability(2), 1 / (2 * harmonic));
    EXPECT_DOUBLE_EQ(words.probability(3), 1 / (3 * harmonic));
}

}  // namespace
}  // namespace lectern::word2vec
