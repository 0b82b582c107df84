#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "engine/insight/projection.hpp"

namespace lectern {
namespace {

TEST(ProjectionTest, FindsTheDirectionsThatVaryMost) {
    // Far apart on the third component, less so on the first, not at all on the second.
    const std::vector<float> rows{0, 5, -10, 1, 5, 0, -1, 5, 0, 0, 5, 10};
    const Projection made = project(rows, 3);
    ASSERT_EQ(made.points.size(), 8U);
    EXPECT_NEAR(std::abs(made.points[0]), 1, 1e-5);
    EXPECT_NEAR(made.points[0], -made.points[6], 1e-5);
    EXPECT_NEAR(std::abs(made.points[3]), 0.1, 1e-5);
    EXPECT_NEAR(made.points[3], -made.points[5], 1e-5);
    EXPECT_NEAR(made.points[1], 0, 1e-5);
    EXPECT_NEAR(made.explained, 1, 1e-9);
}

TEST(ProjectionTest, WhatDoesNotVaryLiesInTheMiddle) {
    EXPECT_TRUE(project({}, 3).points.empty());
    const std::vector<float> alone{1, 2, 3};
    EXPECT_EQ(project(alone, 3).points, (std::vector<float>{0, 0}));
    const std::vector<float> same{1, 2, 1, 2, 1, 2};
    for (const float value : project(same, 2).points) EXPECT_EQ(value, 0);
}

}  // namespace
}  // namespace lectern
