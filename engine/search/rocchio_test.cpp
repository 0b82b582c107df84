#include "engine/search/rocchio.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

namespace lectern {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatNear;

TEST(MovedQuery, MovesTowardsTheWeightedMean) {
    const float query[] = {1, 0, 0};
    const float rows[] = {0, 1, 0, 0, 0, 1};
    const struct {
        double first, second, share;
        float x, y, z;  // before they are scaled to length 1
    } cases[] = {
        {1, 1, 0, 1, 0, 0},          // no share: as it was
        {1, 1, 1, 1, 0.5, 0.5},      // the mean of both
        {1, 0.5, 0.4, 1, 0.2, 0.1},  // a weak hit counts less, and does not make the other stronger
        {0, 0, 1, 1, 0, 0},
    };
    for (const auto& row : cases) {
        const double weights[] = {row.first, row.second};
        const float length = std::sqrt(row.x * row.x + row.y * row.y + row.z * row.z);
        EXPECT_THAT(rocchio_query(query, rows, weights, row.share),
                    ElementsAre(FloatNear(row.x / length, 1e-6F), FloatNear(row.y / length, 1e-6F),
                                FloatNear(row.z / length, 1e-6F)));
    }
}

TEST(MovedQuery, TheQuerysLengthChangesNoDirection) {
    const float query[] = {10, 0};
    const float rows[] = {0, 1};
    const double weights[] = {1};
    const float side = 10 / std::sqrt(2.0F);
    EXPECT_THAT(rocchio_query(query, rows, weights, 1),
                ElementsAre(FloatNear(side, 1e-5F), FloatNear(side, 1e-5F)));
}

TEST(MovedQuery, AVectorWithoutLengthStaysAsItIs) {
    const float query[] = {1, 0};
    const float rows[] = {-1, 0};
    const double weights[] = {1};
    EXPECT_THAT(rocchio_query(query, rows, weights, 1), ElementsAre(1, 0));
    EXPECT_THAT(rocchio_query(query, {}, {}, 1), ElementsAre(1, 0));
}

}  // namespace
}  // namespace lectern
