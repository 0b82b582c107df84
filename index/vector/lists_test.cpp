// Segments of lists (search.vectors: pq): few bytes a row, and the store's vectors to decide.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

#include "index/vector/check_files.hpp"
#include "index/vector/test_collection.hpp"

namespace lectern::index {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

VectorIndexOptions by_lists(std::size_t seal_at, std::vector<std::string>* log = nullptr) {
    VectorIndexOptions options = sealing(seal_at, log);
    options.vectors = storage::VectorEncoding::pq;
    return options;
}

std::unique_ptr<VectorIndex> filled(Collection& collection, std::size_t rows,
                                    const VectorIndexOptions& options) {
    auto index = collection.open(options);
    const auto [change, values] = collection.add(rows);
    EXPECT_TRUE(index->apply(change, values).ok());
    EXPECT_TRUE(index->flush().ok());
    return index;
}

// By the list that a filter gives and by its question.
void expect_found(Collection& collection, const VectorIndex& index) {
    EXPECT_GE(recall_at_10(collection, index), 0.95);
    for (const std::size_t n : {2u, 19u, 200u, 2000u}) {
        const auto allows = [n](ChunkId id) { return id % n == 0; };
        EXPECT_GE(recall_at_10(collection, index, allows), 0.95) << "one row in " << n;
        std::vector<ChunkId> allowed;
        for (ChunkId id = 1; id < 100'000; ++id)
            if (allows(id)) allowed.push_back(id);
        std::size_t good = 0;
        std::size_t all = 0;
        for (int i = 0; i < 20; ++i) {
            const std::vector<float> query = collection.vector();
            const std::vector<ChunkId> nearest = collection.nearest(query, 10, allows);
            const std::vector<ChunkId> hits = found(index, query, 10, {.allowed = &allowed});
            EXPECT_EQ(hits.size(), nearest.size());
            for (const ChunkId hit : hits) {
                EXPECT_TRUE(allows(hit) && collection.has(hit)) << hit;
                good += std::count(nearest.begin(), nearest.end(), hit) > 0 ? 1 : 0;
            }
            all += nearest.size();
        }
        EXPECT_GE(static_cast<double>(good), 0.95 * static_cast<double>(all))
            << "one row in " << n << ", as a list";
    }
}

TEST(Lists, FindNearlyAllOfTheNearestAlsoWithFiltersAndDeletions) {
    Collection collection;
    auto index = filled(collection, 20'000, by_lists(8000));
    EXPECT_EQ(index->statistics().segments, 1U);
    EXPECT_EQ(index->statistics().tail_rows, 0U);
    expect_found(collection, *index);
    ASSERT_TRUE(index->apply(collection.remove(collection.every(4)), {}).ok());
    expect_found(collection, *index);
    std::vector<std::string> log;
    index = collection.open(by_lists(8000, &log));
    EXPECT_THAT(log, IsEmpty());
    EXPECT_EQ(index->statistics().segments, 1U);
    EXPECT_EQ(index->statistics().rows, collection.size());
    expect_found(collection, *index);
}

TEST(Lists, ScoresAreThoseOfTheStore) {
    Collection collection;
    const auto index = filled(collection, 1000, by_lists(500));
    ASSERT_GT(index->statistics().segments, 0U);
    const std::vector<float> query = collection.vector();
    const auto hits = index->search(query, 20);
    ASSERT_TRUE(hits.ok());
    ASSERT_EQ(hits->size(), 20U);
    for (const Scored& hit : *hits)
        EXPECT_NEAR(hit.score, collection.score(query, hit.chunk), 1e-5);
    EXPECT_FALSE(index->scores(query, std::vector<ChunkId>{1})[0]);  // they would be guesses
}

TEST(Lists, TakeLessMemoryThanTheVectors) {
    Collection collection;
    const auto index = filled(collection, 20'000, by_lists(20'000));
    Collection same;
    const auto graph = filled(same, 20'000, sealing(20'000));
    EXPECT_LT(index->statistics().memory_bytes * 3, graph->statistics().memory_bytes);
    EXPECT_LT(index->statistics().disk_bytes * 3, graph->statistics().disk_bytes);
}

// Fewer rows than a code has values.
TEST(Lists, OfFewRowsAreExact) {
    for (const std::size_t rows : {1U, 2U, 30U, 140U}) {
        Collection collection;
        const auto index = filled(collection, rows, by_lists(1));
        ASSERT_EQ(index->statistics().segments, 1U);
        for (int i = 0; i < 10; ++i) {
            const std::vector<float> query = collection.vector();
            EXPECT_EQ(found(*index, query, 10), collection.nearest(query, 10)) << rows;
        }
    }
}

TEST(Lists, RemovedChunksStayAwayThroughSealingMergingAndReopening) {
    Collection collection;
    std::vector<std::string> log;
    auto index = collection.open(by_lists(300, &log));
    for (int round = 0; round < 12; ++round) {
        const auto [change, rows] = collection.add(250);
        ASSERT_TRUE(index->apply(change, rows).ok());
        ASSERT_TRUE(index->apply(collection.remove(collection.every(5)), {}).ok());
        if (round % 2 == 0) {
            ASSERT_TRUE(index->flush().ok());
        }
        if (round % 5 == 4) index = collection.open(by_lists(300, &log));
        EXPECT_EQ(index->statistics().rows, collection.size());
        EXPECT_GE(recall_at_10(collection, *index), 0.95);
    }
    EXPECT_GT(index->statistics().segments, 0U);
    EXPECT_LT(index->statistics().segments, 6U);
    EXPECT_THAT(log, IsEmpty());
    ASSERT_TRUE(index->apply(collection.remove(collection.every(1)), {}).ok());
    ASSERT_TRUE(index->flush().ok());
    EXPECT_TRUE(found(*index, collection.vector(), 10).empty());
    EXPECT_TRUE(files(collection).empty());
}

// Lists that were learned from few rows are made anew before they hold many.
TEST(Lists, GrowAndAreLearnedAgain) {
    Collection collection;
    const auto index = collection.open(by_lists(500));
    for (int round = 0; round < 24; ++round) {
        const auto [change, rows] = collection.add(500);
        ASSERT_TRUE(index->apply(change, rows).ok());
        ASSERT_TRUE(index->flush().ok());
    }
    EXPECT_LT(index->statistics().segments, 12U);
    EXPECT_EQ(index->statistics().rows, collection.size());
    EXPECT_GE(recall_at_10(collection, *index), 0.95);
}

// Codes that were learned from one row would be the same for all that come later.
TEST(Lists, OfOneRowAreNotGrown) {
    Collection collection;
    const auto index = collection.open(by_lists(1));
    for (const std::size_t rows : {1U, 100U}) {
        const auto [change, values] = collection.add(rows);
        ASSERT_TRUE(index->apply(change, values).ok());
        ASSERT_TRUE(index->flush().ok());
    }
    EXPECT_EQ(index->statistics().segments, 2U);
    for (int i = 0; i < 20; ++i) {
        const std::vector<float> query = collection.vector();
        EXPECT_EQ(found(*index, query, 1), collection.nearest(query, 1));
    }
}

// What is built anew is read from the store, which may have lost rows already by a commit that is
// still on its way here.
TEST(Lists, ARowThatTheStoreHasNoMoreIsNoFailure) {
    Collection collection;
    const auto index = filled(collection, 3000, by_lists(500));
    ASSERT_TRUE(index->apply(collection.remove(collection.every(3)), {}).ok());
    ASSERT_GT(index->statistics().tombstones, 900U);
    const Change late = collection.remove(collection.every(50));
    ASSERT_TRUE(index->flush().ok());
    EXPECT_LT(index->statistics().tombstones, 900U) << "nothing was built anew";
    ASSERT_TRUE(index->apply(late, {}).ok());
    EXPECT_EQ(index->statistics().rows, collection.size());
    EXPECT_GE(recall_at_10(collection, *index), 0.95);
}

TEST(Lists, DamagedFilesAreBuiltAgain) {
    Collection collection;
    (void)filled(collection, 600, by_lists(500));
    ASSERT_EQ(files(collection).size(), 1U);
    const std::filesystem::path file = files(collection)[0];
    std::ifstream in(file, std::ios::binary);
    const std::string whole((std::istreambuf_iterator<char>(in)), {});
    std::vector<std::string> cases{"", whole.substr(0, 100), whole.substr(0, whole.size() - 1),
                                   whole + "x"};
    std::mt19937 random(3);
    for (int i = 0; i < 12; ++i) {
        std::string flipped = whole;
        const std::size_t at = random() % (i % 2 == 0 ? 128 : whole.size());
        flipped[at] = static_cast<char>(flipped[at] ^ (1 << random() % 8));
        cases.push_back(flipped);
    }
    for (const std::string& bytes : cases) {
        std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
        std::vector<std::string> log;
        const auto index = collection.open(by_lists(500, &log));
        ASSERT_EQ(log.size(), 1U);
        EXPECT_THAT(log[0], HasSubstr(file.string()));
        EXPECT_EQ(index->statistics().segments, 0U);
        const std::vector<float> query = collection.vector();
        EXPECT_EQ(found(*index, query, 10), collection.nearest(query, 10));
    }
}

// Else all of their vectors would lie in the tail, and lists are for those that memory cannot hold.
TEST(Lists, ManyRowsWithoutAFileAreBuiltFromTheStore) {
    Collection collection;
    (void)filled(collection, 3000, sealing(3000));  // as another encoding kept them
    (void)collection.remove(collection.every(10));
    std::vector<std::string> log;
    auto index = collection.open(by_lists(50, &log));
    ASSERT_EQ(log.size(), 2U);
    EXPECT_THAT(log[1], HasSubstr("built from the store"));
    for (int time = 0; time < 2; ++time) {
        EXPECT_EQ(index->statistics().segments, 1U);
        EXPECT_EQ(index->statistics().tail_rows, 0U);
        EXPECT_EQ(index->statistics().rows, collection.size());
        EXPECT_GE(recall_at_10(collection, *index), 0.95);
        index.reset();
        log.clear();
        index = collection.open(by_lists(50, &log));  // of its file
        EXPECT_THAT(log, IsEmpty());
    }
}

// A chunk may have no vector of this generation, as those of a change of model that was broken off.
TEST(Lists, ChunksWithoutAVectorAreNotFound) {
    Collection collection;
    (void)collection.add(2500);
    storage::WriteGroup group;
    for (int i = 0; i < 30; ++i) {
        storage::PutDocument& document = group.puts.emplace_back();
        document.id = "without-" + std::to_string(i);
        document.text = "x";
        document.chunks = {{0, 1, 1}};
    }
    const auto done = collection.store().commit(group, false);
    ASSERT_TRUE(done.ok()) << done.status().message();
    for (int time = 0; time < 2; ++time) {  // from the store, and of its file
        const auto index = collection.open(by_lists(50));
        EXPECT_EQ(index->statistics().segments, 1U);
        EXPECT_EQ(index->statistics().rows, collection.size());
        EXPECT_EQ(found(*index, collection.vector(), 2530).size(), 2500U);
    }
    // Later they have one.
    for (const std::size_t document : {0U, 29U}) {
        const std::vector<ChunkId> chunk{done->documents[document].chunks.first};
        const std::vector<float> row = collection.vector();
        ASSERT_TRUE(collection.store().add_vectors(1, chunk, row).ok());
        EXPECT_EQ(found(*collection.open(by_lists(50)), row, 1), chunk);
    }
}

TEST(Lists, VerifyComparesThemWithTheStore) {
    Collection collection;
    const auto index = filled(collection, 3000, by_lists(1000));
    const auto checked = check_files(collection.store());
    ASSERT_TRUE(checked.ok()) << checked.status().message();
    ASSERT_FALSE(checked->empty());
    std::uint64_t rows = 0;
    for (const CheckedFile& file : *checked) {
        EXPECT_TRUE(file.status.ok()) << file.status.message();
        rows += file.rows;
    }
    EXPECT_EQ(rows, index->statistics().segment_rows);
}

// The setting may be changed at any time: files of another kind are built again.
TEST(Lists, AndGraphsTakeEachOthersPlace) {
    Collection collection;
    auto index = filled(collection, 2000, sealing(1000));
    for (const bool lists : {true, false}) {
        std::vector<std::string> log;
        index = collection.open(lists ? by_lists(1000, &log) : sealing(1000, &log));
        ASSERT_FALSE(log.empty());
        EXPECT_THAT(log[0], HasSubstr("another encoding"));
        ASSERT_TRUE(index->flush().ok());
        EXPECT_EQ(index->statistics().segments, 1U);
        EXPECT_GE(recall_at_10(collection, *index), 0.95);
    }
}

}  // namespace
}  // namespace lectern::index
