// The index as it lives: encodings, filters, growth, mass deletion, many threads.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <mutex>
#include <thread>
#include <vector>

#include "index/vector/test_collection.hpp"

namespace lectern::index {
namespace {

using storage::VectorEncoding;

constexpr std::array<std::pair<VectorEncoding, const char*>, 4> encodings{
    {{VectorEncoding::f32, "f32"},
     {VectorEncoding::bf16, "bf16"},
     {VectorEncoding::f16, "f16"},
     {VectorEncoding::int8, "int8"}}};

VectorIndexOptions kept_as(VectorEncoding vectors, std::size_t seal_at) {
    VectorIndexOptions options = sealing(seal_at);
    options.vectors = vectors;
    return options;
}

TEST(VectorIndexEncodings, EachFindsNearlyAllWithTheScoresOfTheStoresOwnVectors) {
    Collection collection;
    const auto [change, rows] = collection.add(9000);
    std::size_t f32_bytes = 0;
    std::size_t f32_disk = 0;
    for (const auto& [encoding, name] : encodings) {
        auto index = collection.open(kept_as(encoding, 3000));
        ASSERT_TRUE(index->flush().ok());
        EXPECT_EQ(index->statistics().segments, 1U) << name;
        EXPECT_GE(recall_at_10(collection, *index), 0.95) << name;
        // From the file: a segment of another encoding before was deleted, this one is loaded.
        index.reset();
        std::vector<std::string> log;
        VectorIndexOptions options = kept_as(encoding, 3000);
        options.log = [&](std::string_view message) { log.emplace_back(message); };
        index = collection.open(options);
        EXPECT_THAT(log, testing::IsEmpty()) << name;
        EXPECT_EQ(index->statistics().tail_rows, 0U) << name;
        EXPECT_GE(recall_at_10(collection, *index), 0.95) << name;
        const std::vector<float> query = collection.vector();
        const auto hits = index->search(query, 10);
        ASSERT_TRUE(hits.ok());
        for (const Scored& hit : *hits)
            EXPECT_FLOAT_EQ(hit.score, collection.score(query, hit.chunk)) << name;
        const VectorIndexStatistics size = index->statistics();
        if (encoding == VectorEncoding::f32) {
            f32_bytes = size.memory_bytes;
            f32_disk = size.disk_bytes;
            continue;
        }
        const std::size_t saved = 9000 * dimension * (encoding == VectorEncoding::int8 ? 3 : 2);
        EXPECT_LE(size.memory_bytes, f32_bytes - saved) << name;
        EXPECT_LT(size.disk_bytes, f32_disk - saved * 9 / 10) << name;
    }
}

TEST(VectorIndexEncodings, CompressedSegmentsGrowMergeAndForget) {
    for (const auto& [encoding, name] : encodings) {
        Collection collection;
        auto index = collection.open(kept_as(encoding, 300));
        for (int round = 0; round < 8; ++round) {
            const auto [change, rows] = collection.add(310);
            ASSERT_TRUE(index->apply(change, rows).ok());
            ASSERT_TRUE(index->apply(collection.remove(collection.every(6)), {}).ok());
            ASSERT_TRUE(index->flush().ok());
            if (round == 4) index = collection.open(kept_as(encoding, 300));
            EXPECT_EQ(index->statistics().rows, collection.size()) << name;
        }
        EXPECT_GE(recall_at_10(collection, *index), 0.95) << name;
    }
}

TEST(VectorIndexFilters, FindNearlyAllWhateverPartPassesAlsoWithManyDeleted) {
    Collection collection;
    auto index = collection.open(sealing(4000));
    const auto [change, rows] = collection.add(20000);
    ASSERT_TRUE(index->apply(change, rows).ok());
    ASSERT_TRUE(index->flush().ok());
    // Scattered over the ids, as the rows of a filter are: a multiplicative hash.
    const auto passes = [](double part) {
        return [part](ChunkId id) {
            return static_cast<double>(id * 2654435761U % 1'000'003U) < part * 1'000'003;
        };
    };
    for (const char* state : {"all there", "30 % deleted"}) {
        EXPECT_GE(recall_at_10(collection, *index), 0.95) << state;
        for (const double part : {0.5, 0.05, 0.005, 0.0005}) {
            EXPECT_GE(recall_at_10(collection, *index, passes(part)), 0.95)
                << part << ", " << state;
            std::vector<ChunkId> allowed;
            for (ChunkId id = 1; id <= 20000; ++id)
                if (passes(part)(id)) allowed.push_back(id);
            const std::vector<float> query = collection.vector();
            const auto truth = collection.nearest(query, 10, passes(part));
            const auto rows_found = found(*index, query, 10, {.allowed = &allowed});
            EXPECT_EQ(rows_found.size(), truth.size()) << part << ", " << state;
            if (part <= 0.05) {
                EXPECT_EQ(rows_found, truth) << part << ", " << state;
            }
        }
        if (collection.size() < 20000) break;
        std::vector<ChunkId> gone;
        for (const ChunkId id : collection.every(1))
            if (passes(0.3)(id * 7)) gone.push_back(id);
        ASSERT_TRUE(index->apply(collection.remove(gone), {}).ok());
        EXPECT_GT(index->statistics().tombstones, 5500U);
    }
}

TEST(VectorIndexGrowth, NewRowsGoIntoACopyOfTheSegmentAndItsFileFollowsLater) {
    Collection collection;
    auto index = collection.open(sealing(500));
    for (int i = 0; i < 6; ++i) {
        const auto [change, rows] = collection.add(500);
        ASSERT_TRUE(index->apply(change, rows).ok());
        ASSERT_TRUE(index->flush().ok());
        EXPECT_EQ(index->statistics().segments, 1U);
        EXPECT_EQ(index->statistics().tail_rows, 0U);
        EXPECT_EQ(files(collection).size(), 1U);
    }
    index = collection.open(sealing(500));
    EXPECT_EQ(index->statistics().segment_rows, 3000U);
    EXPECT_GE(recall_at_10(collection, *index), 0.95);
}

TEST(VectorIndexGrowth, MemoryAndDiskShrinkAfterMassDeletion) {
    Collection collection;
    const auto index = collection.open(sealing(1000));
    for (int i = 0; i < 5; ++i) {
        const auto [change, rows] = collection.add(1500);
        ASSERT_TRUE(index->apply(change, rows).ok());
        ASSERT_TRUE(index->flush().ok());
    }
    const VectorIndexStatistics full = index->statistics();
    std::vector<ChunkId> gone = collection.every(1);
    gone.resize(gone.size() * 9 / 10);
    ASSERT_TRUE(index->apply(collection.remove(gone), {}).ok());
    ASSERT_TRUE(index->flush().ok());
    const VectorIndexStatistics left = index->statistics();
    EXPECT_EQ(left.rows, collection.size());
    EXPECT_EQ(left.tombstones, 0U);
    EXPECT_LT(left.memory_bytes, full.memory_bytes / 5);
    EXPECT_LT(left.disk_bytes, full.disk_bytes / 5);
    const std::vector<float> query = collection.vector();
    EXPECT_EQ(found(*index, query, 10), collection.nearest(query, 10));
}

// A thread of low priority that holds a lock, and waits for the processor, makes searches wait too.
TEST(VectorIndexThreads, TheOneThatTakesLocksIsAsUrgentAsSearches) {
    const auto nice_value = [] {
        return ::getpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()));
    };
    Collection collection;
    VectorIndexOptions options;
    options.seal_at = 300;
    // Called by the thread that takes the rows and puts the segment in their place.
    std::vector<int> when_saving_failed;
    options.log = [&](std::string_view) { when_saving_failed.push_back(nice_value()); };
    const auto index = collection.open(options);
    std::filesystem::remove_all(collection.store().index_folder());
    const auto [change, rows] = collection.add(300);
    ASSERT_TRUE(index->apply(change, rows).ok());
    while (index->statistics().building) std::this_thread::yield();
    EXPECT_EQ(index->statistics().segments, 1U);
    EXPECT_THAT(when_saving_failed, testing::ElementsAre(nice_value()));
}

// Writers commit and apply as the engine does, from several threads, while the background builds.
// Each owns some chunks: after its apply() has returned, a search finds what it added and nothing
// of what it removed.
TEST(VectorIndexThreads, WhatWasAppliedIsInTheNextSearchAndWhatWasRemovedInNone) {
    Collection collection;
    VectorIndexOptions options;
    options.seal_at = 60;
    const auto index = collection.open(options);
    constexpr std::size_t everything = 100'000;
    std::mutex storing;  // the test's collection is no store for several threads
    std::atomic<unsigned> writing{3};
    std::vector<std::thread> threads;
    for (int writer = 0; writer < 3; ++writer)
        threads.emplace_back([&] {
            std::vector<ChunkId> mine;
            for (int round = 0; round < 40; ++round) {
                std::pair<Change, std::vector<float>> added;
                {
                    const std::lock_guard lock(storing);
                    added = collection.add(20);
                }
                EXPECT_TRUE(index->apply(added.first, added.second).ok());
                std::vector<ChunkId> gone(
                    mine.begin(), mine.begin() + static_cast<std::ptrdiff_t>(mine.size() / 2));
                mine.erase(mine.begin(), mine.begin() + static_cast<std::ptrdiff_t>(gone.size()));
                for (const storage::ChunkRange& range : added.first.added)
                    for (ChunkId id = range.first; id < range.end(); ++id) mine.push_back(id);
                if (!gone.empty()) {
                    Change removed;
                    {
                        const std::lock_guard lock(storing);
                        removed = collection.remove(gone);
                    }
                    EXPECT_TRUE(index->apply(removed, {}).ok());
                }
                std::vector<ChunkId> all =
                    found(*index, std::vector<float>(dimension, 0.5F), everything);
                std::sort(all.begin(), all.end());
                EXPECT_TRUE(std::includes(all.begin(), all.end(), mine.begin(), mine.end()));
                for (const ChunkId id : gone)
                    EXPECT_FALSE(std::binary_search(all.begin(), all.end(), id));
            }
            --writing;
        });
    std::size_t searches = 0;
    while (writing > 0) {
        const auto hits = index->search(std::vector<float>(dimension, 0.25F), 10);
        EXPECT_TRUE(hits.ok() && std::is_sorted(hits->begin(), hits->end(), [](auto& a, auto& b) {
                        return a.score > b.score;
                    }));
        ++searches;
    }
    for (std::thread& thread : threads) thread.join();
    EXPECT_GT(searches, 0U);
    ASSERT_TRUE(index->flush().ok());
    EXPECT_GT(index->statistics().segments, 0U);
    EXPECT_EQ(index->statistics().rows, collection.size());
    EXPECT_GE(recall_at_10(collection, *index), 0.95);
}

}  // namespace
}  // namespace lectern::index
