#include "engine/search/fuse.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace lectern {
namespace {

using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Fuse, ConvexScalesBothSidesAndWeighsThem) {
    const std::vector<TwoScores> scores{{0.9, 0}, {0.5, 8}, {0.7, 4}, {0.1, 2}};
    const auto near = [](double value) { return DoubleNear(value, 1e-9); };
    EXPECT_THAT(fuse(scores, Fusion::convex, 1),
                ElementsAre(near(1), near(0.5), near(0.75), near(0)));
    EXPECT_THAT(fuse(scores, Fusion::convex, 0),
                ElementsAre(near(0), near(1), near(0.5), near(0.25)));
    EXPECT_THAT(fuse(scores, Fusion::convex, 0.5),
                ElementsAre(near(0.5), near(0.75), near(0.625), near(0.125)));
}

// As for "Part-097" among the chunks of a table with "Part-000" to "Part-119".
TEST(Fuse, WordsThatNameOneThingOutweighVectors) {
    const std::vector<TwoScores> scores{{0.9, 0.12}, {0.7, 1.93}, {0.8, 0.12}, {0.85, 0}};
    const auto first = [&](double weight, double known, Fusion fusion = Fusion::convex) {
        const std::vector<double> fused = fuse(scores, fusion, weight, {.known = known});
        return std::max_element(fused.begin(), fused.end()) - fused.begin();
    };
    EXPECT_EQ(first(0.65, 2.25), 1);
    EXPECT_EQ(first(0.65, 2.25, Fusion::rrf), 1);
    EXPECT_EQ(first(0.65, 0), 0);   // nothing is known of the words
    EXPECT_EQ(first(0.65, 10), 0);  // it has little of them
    EXPECT_EQ(first(1, 2.25), 0);   // vectors alone
    // Another comes near: the weights are those that were asked for.
    const std::vector<TwoScores> near{{0.9, 1.0}, {0.7, 1.93}};
    EXPECT_EQ(fuse(near, Fusion::convex, 0.65, {.known = 2.25}), fuse(near, Fusion::convex, 0.65));
}

// As for "What is the weight of Part-097?": others have "weight", and come near by it.
TEST(Fuse, OneRareWordOutweighsVectorsThoughOthersComeNear) {
    const std::vector<TwoScores> scores{{0.9, 1.5}, {0.7, 1.93}, {0.8, 0.12}};
    const auto first = [&](const QueryWords& words) {
        const std::vector<double> fused = fuse(scores, Fusion::convex, 0.65, words);
        return std::max_element(fused.begin(), fused.end()) - fused.begin();
    };
    EXPECT_EQ(first({.known = 3.2, .first = 2.0, .rarest = 2.0}), 1);
    EXPECT_EQ(first({.known = 8.0, .first = 2.0, .rarest = 2.0}), 0);  // one of many words
    EXPECT_EQ(first({.known = 3.2, .first = 2.0, .rarest = 4.0}), 0);  // not so rare
}

// As for "What makes the ocean go up and down?": "makes" is in one, "ocean" in none.
TEST(Fuse, AWordThatIsRareByChanceTellsLittle) {
    const std::vector<TwoScores> scores{{0.52, 0.22}, {0.24, 1.12}};
    const auto first = [&](const QueryWords& words) {
        const std::vector<double> fused = fuse(scores, Fusion::convex, 0.65, words);
        return std::max_element(fused.begin(), fused.end()) - fused.begin();
    };
    EXPECT_EQ(first({.known = 0.98, .first = 0.98, .rarest = 0.98, .asked = 3.06}), 0);
    EXPECT_EQ(first({.known = 0.98, .first = 0.98, .rarest = 0.98, .asked = 0.98}),
              1);  // all there
}

TEST(Fuse, RanksCountByTheirReciprocals) {
    const std::vector<TwoScores> scores{{0.9, 0}, {0.5, 8}};
    const auto near = [](double value) { return DoubleNear(value, 1e-9); };
    // Without any of the words there is no rank on that side.
    EXPECT_THAT(fuse(scores, Fusion::rrf, 0.5), ElementsAre(near(0.5), near(0.5 * 61 / 62 + 0.5)));
}

TEST(Fuse, OneOrEqualOrNoThings) {
    for (const Fusion fusion : {Fusion::convex, Fusion::rrf}) {
        EXPECT_THAT(fuse({}, fusion, 0.5), IsEmpty());
        const std::vector<TwoScores> one{{0.3, 2}};
        EXPECT_THAT(fuse(one, fusion, 0.5), ElementsAre(1.0));
        const std::vector<TwoScores> equal{{0.3, 0}, {0.3, 0}};
        for (const double score : fuse(equal, fusion, 0.5)) {
            EXPECT_GE(score, 0);
            EXPECT_LE(score, 1);
        }
    }
}

}  // namespace
}  // namespace lectern
