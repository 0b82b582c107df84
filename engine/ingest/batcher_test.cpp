#include "engine/ingest/batcher.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <random>
#include <vector>

namespace lectern {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Batcher, IsFullAtItsWindow) {
    Batcher<int> batcher(100, 10);
    EXPECT_TRUE(batcher.empty());
    EXPECT_FALSE(batcher.full());
    batcher.add(1, 9);
    EXPECT_FALSE(batcher.empty());
    EXPECT_FALSE(batcher.full());
    batcher.add(2, 1);
    EXPECT_TRUE(batcher.full());
}

TEST(Batcher, BeginsAgainWhenTaken) {
    Batcher<int> batcher(100, 10);
    EXPECT_THAT(batcher.take(), IsEmpty());
    batcher.add(1, 10);
    EXPECT_THAT(batcher.take(), ElementsAre(ElementsAre(1)));
    EXPECT_TRUE(batcher.empty());
    EXPECT_FALSE(batcher.full());
    EXPECT_THAT(batcher.take(), IsEmpty());
}

TEST(Batcher, PutsLikeLengthsTogetherLongestFirst) {
    Batcher<int> batcher(20, 1000);
    for (const int tokens : {2, 10, 3, 9, 2}) batcher.add(tokens, tokens);
    // 10 x 2 and 3 x 3.
    EXPECT_THAT(batcher.take(), ElementsAre(ElementsAre(10, 9), ElementsAre(3, 2, 2)));
}

TEST(Batcher, FillsABatchToItsBoundAndNoFurther) {
    Batcher<int> exact(12, 1000);
    for (int i = 0; i < 4; ++i) exact.add(i, 4);
    EXPECT_THAT(exact.take(), ElementsAre(ElementsAre(0, 1, 2), ElementsAre(3)));
    Batcher<int> less(11, 1000);
    for (int i = 0; i < 4; ++i) less.add(i, 4);
    EXPECT_THAT(less.take(), ElementsAre(ElementsAre(0, 1), ElementsAre(2, 3)));
}

TEST(Batcher, KeepsTheOrderOfEqualLengths) {
    Batcher<int> batcher(1000, 1000);
    for (int i = 0; i < 50; ++i) batcher.add(i, 5);
    const auto batches = batcher.take();
    ASSERT_EQ(batches.size(), 1U);
    EXPECT_THAT(batches[0], ::testing::BeginEndDistanceIs(50));
    EXPECT_TRUE(std::is_sorted(batches[0].begin(), batches[0].end()));
}

TEST(Batcher, GivesAnItemThatIsTooLongABatchOfItsOwn) {
    Batcher<int> batcher(10, 1000);
    batcher.add(1, 25);
    batcher.add(2, 11);
    batcher.add(3, 5);
    batcher.add(4, 5);
    EXPECT_THAT(batcher.take(), ElementsAre(ElementsAre(1), ElementsAre(2), ElementsAre(3, 4)));
}

TEST(Batcher, CountsAnEmptyItemAsOneToken) {
    Batcher<int> batcher(2, 10);
    for (int i = 0; i < 3; ++i) batcher.add(i, 0);
    EXPECT_FALSE(batcher.full());
    EXPECT_THAT(batcher.take(), ElementsAre(ElementsAre(0, 1), ElementsAre(2)));
}

TEST(Batcher, TakesItemsThatOnlyMove) {
    Batcher<std::unique_ptr<int>> batcher(10, 10);
    batcher.add(std::make_unique<int>(7), 3);
    auto batches = batcher.take();
    ASSERT_EQ(batches.size(), 1U);
    EXPECT_EQ(*batches[0].at(0), 7);
}

TEST(Batcher, LosesNothingAndKeepsTheBoundForAnyLengths) {
    std::mt19937 random(3);
    for (int round = 0; round < 50; ++round) {
        const std::uint64_t bound = 1 + random() % 600;
        Batcher<std::size_t> batcher(bound, 1);
        std::vector<std::uint64_t> lengths;
        for (std::size_t i = 0; i < 200; ++i) {
            lengths.push_back(random() % 512);
            batcher.add(i, lengths.back());
        }
        std::vector<bool> seen(lengths.size());
        std::uint64_t before = 512;
        for (const std::vector<std::size_t>& batch : batcher.take()) {
            ASSERT_FALSE(batch.empty());
            std::uint64_t width = 0;
            for (const std::size_t item : batch) {
                EXPECT_FALSE(seen.at(item));
                seen[item] = true;
                EXPECT_LE(lengths[item], before);
                before = lengths[item];
                width = std::max(width, lengths[item]);
            }
            if (batch.size() > 1) {
                EXPECT_LE(width * batch.size(), bound);
            }
        }
        EXPECT_THAT(seen, ::testing::Each(true));
    }
}

}  // namespace
}  // namespace lectern
