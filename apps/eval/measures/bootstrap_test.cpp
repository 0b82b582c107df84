#include "apps/eval/measures/bootstrap.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace lectern::evaluation {
namespace {

TEST(Bootstrap, TwoQueriesComeOutAsTheirFourDrawsDo) {
    // Differences 0 and 1: means 0, 1/2, 1/2, 1, so |mean - 1/2| >= 1/2 half of the time.
    const std::vector<double> base{0.2, 0.2};
    const std::vector<double> other{0.2, 1.2};
    const Bootstrap out = paired_bootstrap(base, other, {.samples = 40000, .seed = 7});
    EXPECT_DOUBLE_EQ(out.difference, 0.5);
    EXPECT_NEAR(out.p, 0.5, 0.015);
    EXPECT_DOUBLE_EQ(out.low, 0);
    EXPECT_DOUBLE_EQ(out.high, 1);
    EXPECT_EQ(out.better, 1U);
    EXPECT_EQ(out.worse, 0U);
}

TEST(Bootstrap, EqualSettingsDoNotDiffer) {
    const std::vector<double> same{0.1, 0.5, 0.9};
    const Bootstrap out = paired_bootstrap(same, same);
    EXPECT_DOUBLE_EQ(out.difference, 0);
    EXPECT_DOUBLE_EQ(out.p, 1);
    EXPECT_DOUBLE_EQ(out.low, 0);
    EXPECT_DOUBLE_EQ(out.high, 0);
}

TEST(Bootstrap, AnIntervalOfManyQueriesIsThatOfTheNormalDistribution) {
    // 400 differences of mean 0.1 and standard deviation 0.5: 0.1 ± 1.96 · 0.5/20.
    std::vector<double> base(400, 0.0);
    std::vector<double> other(400);
    for (std::size_t i = 0; i < other.size(); ++i) other[i] = 0.1 + (i % 2 == 0 ? 0.5 : -0.5);
    const Bootstrap out = paired_bootstrap(base, other);
    EXPECT_NEAR(out.difference, 0.1, 1e-12);
    EXPECT_NEAR(out.low, 0.1 - 0.049, 0.004);
    EXPECT_NEAR(out.high, 0.1 + 0.049, 0.004);
    // Four standard errors: p is about 0.00006.
    EXPECT_LT(out.p, 0.001);
    EXPECT_GT(out.p, 0);
}

TEST(Bootstrap, TheSeedDecidesAndTheSignTurns) {
    const std::vector<double> base{0.1, 0.4, 0.3, 0.8, 0.2};
    const std::vector<double> other{0.3, 0.3, 0.5, 0.9, 0.1};
    const Bootstrap first = paired_bootstrap(base, other, {.samples = 1000, .seed = 3});
    const Bootstrap again = paired_bootstrap(base, other, {.samples = 1000, .seed = 3});
    const Bootstrap turned = paired_bootstrap(other, base, {.samples = 1000, .seed = 3});
    EXPECT_EQ(first.p, again.p);
    EXPECT_EQ(first.low, again.low);
    EXPECT_DOUBLE_EQ(turned.difference, -first.difference);
    EXPECT_NEAR(turned.low, -first.high, 1e-12);
}

}  // namespace
}  // namespace lectern::evaluation
