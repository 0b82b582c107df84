#include "apps/eval/measures/tune.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

namespace lectern::evaluation {
namespace {

using ::testing::Each;
using ::testing::HasSubstr;

using Values = std::vector<std::vector<double>>;  // by setting, then by query

TEST(Tune, ASettingThatIsBetterEverywhereIsAdvised) {
    const Values values{std::vector<double>(20, 0.4), std::vector<double>(20, 0.5),
                        std::vector<double>(20, 0.3)};
    const auto tuned = tune(values, 0);
    ASSERT_TRUE(tuned.ok()) << tuned.status().message();
    EXPECT_EQ(tuned->best, 1U);
    EXPECT_EQ(tuned->advised, 1U);
    EXPECT_THAT(tuned->by_fold, Each(1U));
    EXPECT_EQ(tuned->by_fold.size(), 5U);
    EXPECT_DOUBLE_EQ(tuned->means[1], 0.5);
    EXPECT_DOUBLE_EQ(tuned->held_out, 0.5);
    EXPECT_NEAR(tuned->gain.difference, 0.1, 1e-12);
    EXPECT_EQ(tuned->gain.better, 20U);
}

// Of ten settings each is lucky with one query of ten: the best is best by that query alone, and
// without it, it is as good as none. A measure on the queries that chose would show a gain.
TEST(Tune, LuckIsNotAdvised) {
    Values values(11, std::vector<double>(10, 0.5));
    for (std::size_t i = 1; i < values.size(); ++i) values[i][i - 1] = 1.0;
    values[3][2] = 1.5;
    const auto tuned = tune(values, 0, {.folds = 10, .fewest_in_a_fold = 1});
    ASSERT_TRUE(tuned.ok());
    EXPECT_EQ(tuned->best, 3U);
    EXPECT_GT(tuned->means[3], tuned->means[0]);
    EXPECT_DOUBLE_EQ(tuned->held_out, 0.5);
    EXPECT_DOUBLE_EQ(tuned->gain.difference, 0);
    EXPECT_EQ(tuned->advised, 0U);
}

TEST(Tune, TheFirstOfEqualSettingsIsTaken) {
    const Values values{{0.1, 0.2, 0.3, 0.4}, {0.4, 0.3, 0.2, 0.1}, {0.3, 0.1, 0.4, 0.2}};
    const auto tuned = tune(values, 2, {.folds = 2});
    ASSERT_TRUE(tuned.ok());
    EXPECT_EQ(tuned->best, 0U);
    EXPECT_EQ(tuned->advised, 2U);
}

TEST(Tune, EveryQueryIsHeldOutOnce) {
    // With one setting the held-out mean is the mean, whatever the folds.
    std::vector<double> one(23);
    for (std::size_t i = 0; i < one.size(); ++i) one[i] = static_cast<double>(i);
    for (const std::uint64_t seed : {1U, 2U, 99U}) {
        const auto tuned = tune(Values{one}, 0, {.folds = 7, .bootstrap = {.seed = seed}});
        ASSERT_TRUE(tuned.ok());
        EXPECT_DOUBLE_EQ(tuned->held_out, 11.0);
    }
}

TEST(Tune, TooFewQueriesAreRefused) {
    const auto tuned = tune(Values{{0.5, 0.5, 0.5}}, 0);
    EXPECT_EQ(tuned.status().code(), Code::invalid_argument);
    EXPECT_THAT(tuned.status().message(), HasSubstr("at least 10 queries"));
}

}  // namespace
}  // namespace lectern::evaluation
