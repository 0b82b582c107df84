#include "plugins/static/frequency.hpp"

#include <gtest/gtest.h>

#include <numeric>

namespace lectern::static_vectors {
namespace {

TEST(Frequency, WordsFallAsTheirPlacesAndCharactersAreAsTheTenth) {
    const std::vector<double> found = zipf_probabilities(104, 4);
    EXPECT_NEAR(std::accumulate(found.begin() + 4, found.end(), 0.0), 1, 1e-12);
    EXPECT_NEAR(found[4] / found[5], 2, 1e-9);
    EXPECT_NEAR(found[4] / found[103], 100, 1e-9);
    for (std::size_t id = 0; id < 4; ++id) EXPECT_DOUBLE_EQ(found[id], found[13]);
}

TEST(Frequency, AVocabularyWithoutWordsHasFrequenciesToo) {
    for (const std::size_t first : {std::size_t{3}, std::size_t{9}}) {
        const std::vector<double> found = zipf_probabilities(3, first);
        ASSERT_EQ(found.size(), 3U);
        EXPECT_GT(found.front(), 0);
        EXPECT_EQ(found.front(), found.back());
    }
    EXPECT_TRUE(zipf_probabilities(0, 0).empty());
}

TEST(Frequency, TheFirstWordIsTheFirstOfThoseThatAreOneToken) {
    EXPECT_EQ(first_word_of({{1996}, {2139}, {7, 8}, {}}), 1996U);
    EXPECT_EQ(first_word_of({{7, 8}, {}}), 0U);
    EXPECT_EQ(first_word_of({}), 0U);
}

TEST(Frequency, WhatTextsSayCountsMoreTheMoreTheyAre) {
    const std::vector<double> prior{0.5, 0.25, 0.25};
    EXPECT_EQ(counted_probabilities(prior, {}), prior);
    EXPECT_EQ(counted_probabilities(prior, {{}}), prior);
    const std::vector<double> found = counted_probabilities(prior, {{2, 2, 9}, {2, -1, 1}});
    EXPECT_NEAR(found[0], 1.5 / 9, 1e-12);
    EXPECT_NEAR(found[1], 1.75 / 9, 1e-12);
    EXPECT_NEAR(found[2], 3.75 / 9, 1e-12);
    const std::vector<std::vector<std::int32_t>> many(1000, {2});
    EXPECT_GT(counted_probabilities(prior, many)[2], 0.99);
}

}  // namespace
}  // namespace lectern::static_vectors
