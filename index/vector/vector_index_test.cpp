#include "index/vector/vector_index.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <map>
#include <optional>
#include <random>
#include <thread>

#include "index/vector/test_collection.hpp"

namespace lectern::index {
namespace {

using storage::ChunkRange;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

void expect_exact(Collection& collection, const VectorIndex& index) {
    for (const std::size_t k : {1u, 10u, 100u})
        for (int i = 0; i < 5; ++i) {
            const std::vector<float> query = collection.vector();
            EXPECT_EQ(found(index, query, k), collection.nearest(query, k));
        }
    EXPECT_EQ(index.statistics().rows, collection.size());
}

TEST(VectorIndex, TheTailIsExact) {
    Collection collection;
    const auto index = collection.open();
    for (const std::size_t count : {1u, 700u, 1500u}) {
        const auto [change, rows] = collection.add(count);
        ASSERT_TRUE(index->apply(change, rows).ok());
    }
    expect_exact(collection, *index);
    EXPECT_EQ(index->statistics().segments, 0u);
}

TEST(VectorIndex, AnEmptyCollectionHasNoHits) {
    Collection collection;
    const auto index = collection.open();
    EXPECT_TRUE(found(*index, collection.vector(), 10).empty());
    EXPECT_TRUE(found(*index, collection.vector(), 0).empty());
}

TEST(VectorIndex, KnowsTheScoresOfItsChunksAndOfNoOthers) {
    Collection collection;
    const auto index = collection.open(sealing(1000));
    const auto [sealed, sealed_rows] = collection.add(1500);
    ASSERT_TRUE(index->apply(sealed, sealed_rows).ok());
    ASSERT_TRUE(index->flush().ok());
    const auto [late, late_rows] = collection.add(10);
    ASSERT_TRUE(index->apply(late, late_rows).ok());
    ASSERT_GT(index->statistics().segments, 0u);
    ASSERT_GT(index->statistics().tail_rows, 0u);
    ASSERT_TRUE(index->apply(collection.remove({3, 1505}), {}).ok());
    const std::vector<ChunkId> wanted{1, 3, 700, 1503, 1505, 99999};
    const std::vector<float> query = collection.vector();
    const std::vector<std::optional<float>> scores = index->scores(query, wanted);
    ASSERT_EQ(scores.size(), wanted.size());
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        ASSERT_EQ(scores[i].has_value(), collection.has(wanted[i])) << wanted[i];
        if (scores[i]) {
            EXPECT_NEAR(*scores[i], collection.score(query, wanted[i]), 1e-5);
        }
    }
    const std::vector<float> narrow(dimension - 1);
    EXPECT_FALSE(index->scores(narrow, wanted)[0]);
}

// Chunks of the same text, as mails have at their ends: their links are chosen as if they lay a
// little apart (equal_rows.hpp), and nothing else of them is.
TEST(VectorIndex, EqualRowsAreFoundWithTheirOwnScores) {
    for (const auto encoding : {storage::VectorEncoding::f32, storage::VectorEncoding::bf16,
                                storage::VectorEncoding::int8}) {
        Collection collection;
        VectorIndexOptions options = sealing(1000);
        options.vectors = encoding;
        const std::vector<float> same = collection.vector();
        auto index = collection.open(options);
        for (const std::size_t equal : {300u, 50u}) {  // a new graph, and one that grows
            const auto [others, other_rows] = collection.add(10 * equal);
            ASSERT_TRUE(index->apply(others, other_rows).ok());
            const auto [change, rows] = collection.add(equal, [&] { return same; });
            ASSERT_TRUE(index->apply(change, rows).ok());
            ASSERT_TRUE(index->flush().ok());
        }
        for (int time = 0; time < 2; ++time) {
            EXPECT_GT(index->statistics().segments, 0u);
            const auto rows = index->search(same, 50, {});
            ASSERT_TRUE(rows.ok());
            ASSERT_EQ(rows->size(), 50u);
            for (const Scored& row : *rows) EXPECT_NEAR(row.score, 1, 1e-5);
            // By scores: of equal rows any may be among the ten.
            std::size_t good = 0;
            for (int i = 0; i < 50; ++i) {
                const std::vector<float> query = collection.vector();
                const float least = collection.score(query, collection.nearest(query, 10).back());
                const auto near = index->search(query, 10, {});
                ASSERT_TRUE(near.ok());
                for (const Scored& row : *near) good += row.score >= least - 1e-5F ? 1 : 0;
            }
            EXPECT_GE(good, 450u) << static_cast<int>(encoding);
            index.reset();
            index = collection.open(options);  // of its files
        }
    }
}

TEST(VectorIndex, EqualScoresComeInTheOrderOfTheChunks) {
    Collection collection;
    const auto index = collection.open();
    const std::vector<float> same(dimension, 0.25f);
    std::vector<float> rows;
    for (int i = 0; i < 9; ++i) rows.insert(rows.end(), same.begin(), same.end());
    ASSERT_TRUE(index->apply({1, {{1, 9}}, {}}, rows).ok());
    EXPECT_THAT(found(*index, same, 4), ElementsAre(1, 2, 3, 4));
}

TEST(VectorIndex, WhatDoesNotFitIsRefused) {
    Collection collection;
    const auto index = collection.open();
    const std::vector<float> short_query(dimension - 1, 0.5f);
    EXPECT_EQ(index->search(short_query, 3).status().code(), Code::invalid_argument);
    EXPECT_THAT(index->search(short_query, 3).status().message(), HasSubstr("dimension 16"));
    std::vector<float> bad(dimension, 0.5f);
    bad[3] = std::numeric_limits<float>::infinity();
    EXPECT_EQ(index->search(bad, 3).status().code(), Code::invalid_argument);
    EXPECT_EQ(index->apply({1, {{1, 2}}, {}}, bad).code(), Code::invalid_argument);
    EXPECT_EQ(VectorIndex::open(collection.store(), {.generation = 9}).status().code(),
              Code::invalid_argument);
}

TEST(VectorIndex, FiltersAreExactWhereFewRowsPass) {
    Collection collection;
    const auto index = collection.open();
    const auto [change, rows] = collection.add(2000);
    ASSERT_TRUE(index->apply(change, rows).ok());
    for (const std::size_t n : {2u, 20u, 500u}) {
        const auto allows = [n](ChunkId chunk) { return chunk % n == 0; };
        std::vector<ChunkId> allowed;
        for (ChunkId chunk = 0; chunk < 4000; ++chunk)
            if (allows(chunk)) allowed.push_back(chunk);
        const std::vector<float> query = collection.vector();
        const std::vector<ChunkId> expected = collection.nearest(query, 10, allows);
        EXPECT_EQ(found(*index, query, 10, {.allows = allows}), expected);
        EXPECT_EQ(found(*index, query, 10, {.allowed = &allowed}), expected);
    }
    const std::vector<ChunkId> nothing;
    EXPECT_TRUE(found(*index, collection.vector(), 10, {.allowed = &nothing}).empty());
}

TEST(VectorIndex, ARemovedChunkIsGoneAtOnceAndStaysAway) {
    Collection collection;
    auto index = collection.open();
    const auto [change, rows] = collection.add(1200);
    ASSERT_TRUE(index->apply(change, rows).ok());
    ASSERT_TRUE(index->apply(collection.remove(collection.every(3)), {}).ok());
    expect_exact(collection, *index);
    index = collection.open();
    expect_exact(collection, *index);
    EXPECT_EQ(index->statistics().tombstones, 0u);
}

TEST(VectorIndex, CommitsMayArriveInAnyOrderAndTwice) {
    Collection collection;
    const auto index = collection.open();
    const auto [first, first_rows] = collection.add(5);
    const auto [second, second_rows] = collection.add(5);
    const Change third = collection.remove({2, 7});
    ASSERT_TRUE(index->apply(third, {}).ok());
    EXPECT_EQ(index->sequence(), 0u);
    ASSERT_TRUE(index->apply(second, second_rows).ok());
    ASSERT_TRUE(index->apply(first, first_rows).ok());
    EXPECT_EQ(index->sequence(), 3u);
    ASSERT_TRUE(index->apply(first, first_rows).ok());
    expect_exact(collection, *index);
}

TEST(VectorIndex, ReopeningGivesTheSameIndex) {
    Collection collection;
    auto index = collection.open();
    for (int i = 0; i < 4; ++i) {
        const auto [change, rows] = collection.add(300);
        ASSERT_TRUE(index->apply(change, rows).ok());
        ASSERT_TRUE(index->apply(collection.remove(collection.every(7)), {}).ok());
    }
    const std::vector<float> query = collection.vector();
    const auto before = index->search(query, 50);
    index.reset();
    // Commits that the index has not seen.
    (void)collection.add(10);
    (void)collection.remove(collection.every(100));
    index = collection.open();
    EXPECT_EQ(index->sequence(), collection.store().sequence());
    expect_exact(collection, *index);
    ASSERT_TRUE(before.ok());
    for (const Scored& row : *before) {
        if (!collection.has(row.chunk)) continue;
        const auto again = index->search(query, 1200);
        EXPECT_NE(std::find(again->begin(), again->end(), row), again->end());
    }
}

TEST(VectorIndex, SearchesWhileWritersWriteSeeWholeCommits) {
    Collection collection;
    VectorIndexOptions options;
    options.seal_at = 400;
    const auto index = collection.open(options);
    // Prepared, so that the threads below touch the index alone. Each commit after the first
    // replaces all ten chunks of the one before: a search must always find exactly ten.
    constexpr std::size_t commits = 200;
    std::vector<float> rows;
    for (int i = 0; i < 10; ++i) {
        const std::vector<float> row = collection.vector();
        rows.insert(rows.end(), row.begin(), row.end());
    }
    ASSERT_TRUE(index->apply({1, {{1, 10}}, {}}, rows).ok());
    const std::vector<float> query = collection.vector();
    std::atomic<bool> done = false;
    std::thread writer([&] {
        for (std::uint64_t i = 1; i < commits; ++i)
            EXPECT_TRUE(
                index->apply({i + 1, {{i * 10 + 1, 10}}, {{(i - 1) * 10 + 1, 10}}}, rows).ok());
        done = true;
    });
    std::size_t searches = 0;
    do {
        std::vector<ChunkId> chunks = found(*index, query, 20);
        ASSERT_EQ(chunks.size(), 10u);
        std::sort(chunks.begin(), chunks.end());
        EXPECT_EQ(chunks.back() - chunks.front(), 9u);
        ++searches;
    } while (!done);
    writer.join();
    EXPECT_GT(searches, 0u);
    EXPECT_EQ(index->statistics().rows, 10u);
}

// ------------------------------------------------------------------ sealed segments

TEST(VectorIndexSegments, FindNearlyAllOfTheNearestAlsoWithFiltersAndDeletions) {
    Collection collection;
    auto index = collection.open(sealing(8000));
    const auto [change, rows] = collection.add(20000);
    ASSERT_TRUE(index->apply(change, rows).ok());
    ASSERT_TRUE(index->flush().ok());
    EXPECT_EQ(index->statistics().segments, 1u);
    EXPECT_EQ(index->statistics().tail_rows, 0u);
    EXPECT_GE(recall_at_10(collection, *index), 0.95);
    for (const std::size_t n : {2u, 19u, 200u, 2000u})
        EXPECT_GE(recall_at_10(collection, *index, [n](ChunkId id) { return id % n == 0; }), 0.95)
            << "one row in " << n;
    ASSERT_TRUE(index->apply(collection.remove(collection.every(4)), {}).ok());
    EXPECT_GE(recall_at_10(collection, *index), 0.95);
    index = collection.open(sealing(8000));
    EXPECT_EQ(index->statistics().segments, 1u);
    EXPECT_EQ(index->statistics().rows, collection.size());
    EXPECT_GE(recall_at_10(collection, *index), 0.95);
}

TEST(VectorIndexSegments, RemovedChunksStayAwayThroughSealingMergingAndReopening) {
    Collection collection;
    auto index = collection.open(sealing(300));
    for (int round = 0; round < 12; ++round) {
        const auto [change, rows] = collection.add(250);
        ASSERT_TRUE(index->apply(change, rows).ok());
        ASSERT_TRUE(index->apply(collection.remove(collection.every(5)), {}).ok());
        if (round % 2 == 0) {
            ASSERT_TRUE(index->flush().ok());
        }
        if (round % 5 == 4) index = collection.open(sealing(300));
        EXPECT_EQ(index->statistics().rows, collection.size());
        EXPECT_GE(recall_at_10(collection, *index), 0.95);
    }
    EXPECT_GT(index->statistics().segments, 0u);
    EXPECT_LT(index->statistics().segments, 6u);
    ASSERT_TRUE(index->apply(collection.remove(collection.every(1)), {}).ok());
    ASSERT_TRUE(index->flush().ok());
    EXPECT_TRUE(found(*index, collection.vector(), 10).empty());
    EXPECT_EQ(index->statistics().segments, 0u);
    EXPECT_TRUE(files(collection).empty());
}

TEST(VectorIndexSegments, DamagedCutAndForeignFilesAreBuiltAgain) {
    Collection collection;
    {
        const auto index = collection.open(sealing(500));
        const auto [change, rows] = collection.add(600);
        ASSERT_TRUE(index->apply(change, rows).ok());
        ASSERT_TRUE(index->flush().ok());
    }
    ASSERT_EQ(files(collection).size(), 1u);
    const std::filesystem::path file = files(collection)[0];
    std::ifstream in(file, std::ios::binary);
    const std::string whole((std::istreambuf_iterator<char>(in)), {});
    std::vector<std::string> cases{"", whole.substr(0, 100), whole.substr(0, whole.size() - 1),
                                   whole + "x", std::string(whole.size(), '\0')};
    std::mt19937 random(3);
    for (int i = 0; i < 30; ++i) {
        std::string flipped = whole;
        // Half of them in the stamp, the others anywhere.
        const std::size_t at = random() % (i % 2 == 0 ? 128 : whole.size());
        flipped[at] = static_cast<char>(flipped[at] ^ (1 << random() % 8));
        cases.push_back(flipped);
    }
    for (const std::string& bytes : cases) {
        std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
        std::vector<std::string> log;
        const auto index = collection.open(sealing(500, &log));
        ASSERT_EQ(log.size(), 1u);
        EXPECT_THAT(log[0], HasSubstr(file.string()));
        EXPECT_EQ(index->statistics().segments, 0u);
        const std::vector<float> query = collection.vector();
        EXPECT_EQ(found(*index, query, 10), collection.nearest(query, 10));
    }
    // Another collection's segment, whole in itself.
    Collection other;
    const auto opened = other.open(sealing(500));
    const auto [change, rows] = other.add(600);
    ASSERT_TRUE(opened->apply(change, rows).ok());
    std::ofstream(other.store().index_folder() / "vector-1-7.segment", std::ios::binary) << whole;
    std::vector<std::string> log;
    const auto index = other.open(sealing(500, &log));
    ASSERT_EQ(log.size(), 1u);
    EXPECT_THAT(log[0], HasSubstr("another collection"));
    const std::vector<float> query = other.vector();
    EXPECT_EQ(found(*index, query, 10), other.nearest(query, 10));
}

TEST(VectorIndexSegments, AreBuiltInTheBackgroundWhileSearchesGoOn) {
    Collection collection;
    VectorIndexOptions options;
    options.seal_at = 500;
    const auto index = collection.open(options);
    for (int i = 0; i < 10; ++i) {
        const auto [change, rows] = collection.add(200);
        ASSERT_TRUE(index->apply(change, rows).ok());
        ASSERT_TRUE(index->apply(collection.remove(collection.every(9)), {}).ok());
        EXPECT_GE(recall_at_10(collection, *index), 0.95);
    }
    ASSERT_TRUE(index->flush().ok());
    EXPECT_GT(index->statistics().segments, 0u);
    EXPECT_EQ(index->statistics().rows, collection.size());
}

}  // namespace
}  // namespace lectern::index
