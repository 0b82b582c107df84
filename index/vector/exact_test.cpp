#include "index/vector/exact.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "index/vector/test_collection.hpp"

namespace lectern::index {
namespace {

using ::testing::ElementsAre;

TEST(ExactSearch, AnswersAsThePlainDefinition) {
    Collection collection;
    collection.add(1500);
    collection.remove(collection.every(3));
    const storage::Reader reader = collection.store().reader();
    for (const std::size_t k : {1U, 10U, 5000U}) {
        const std::vector<float> query = collection.vector();
        const auto rows = exact_search(reader, 1, query, k);
        ASSERT_TRUE(rows.ok()) << rows.status().message();
        std::vector<ChunkId> found;
        for (const Scored& row : *rows) found.push_back(row.chunk);
        EXPECT_EQ(found, collection.nearest(query, k));
    }
    EXPECT_TRUE(exact_search(reader, 1, collection.vector(), 0)->empty());
}

TEST(ExactSearch, Stops) {
    Collection collection;
    collection.add(10);
    const auto rows =
        exact_search(collection.store().reader(), 1, collection.vector(), 3, [] { return true; });
    EXPECT_EQ(rows.status().code(), Code::cancelled);
}

TEST(CountFound, CountsByScore) {
    struct Case {
        const char* what;
        std::vector<Scored> found;
        std::vector<Scored> exact;
        std::size_t count;
    };
    for (const Case& c : std::initializer_list<Case>{
             {"the same", {{1, 0.9F}, {2, 0.5F}}, {{1, 0.9F}, {2, 0.5F}}, 2},
             {"one is missed", {{1, 0.9F}, {3, 0.4F}}, {{1, 0.9F}, {2, 0.5F}}, 1},
             {"an equal one", {{1, 0.9F}, {3, 0.5F}}, {{1, 0.9F}, {2, 0.5F}}, 2},
             {"rounded otherwise", {{2, 0.4999999F}}, {{2, 0.5F}}, 1},
             {"fewer", {{1, 0.9F}}, {{1, 0.9F}, {2, 0.5F}}, 1},
             {"more than were wanted", {{1, 0.9F}, {2, 0.9F}}, {{1, 0.9F}}, 1},
             {"nothing there", {{1, 0.9F}}, {}, 0}})
        EXPECT_EQ(count_found(c.found, c.exact), c.count) << c.what;
}

// What /metrics shows is what the benchmark of the index measures: a worse graph has a lower share.
TEST(CountFound, ShowsHowMuchTheGraphFinds) {
    Collection collection;
    collection.add(4000);
    const storage::Reader reader = collection.store().reader();
    const auto share = [&](int links, int ef) {
        VectorIndexOptions options = sealing(1000);
        options.links = links;
        options.ef_search = ef;
        options.ef_construction = ef;
        const auto index = collection.open(options);
        EXPECT_TRUE(index->flush().ok());
        std::size_t found = 0;
        std::size_t wanted = 0;
        for (int i = 0; i < 50; ++i) {
            const std::vector<float> query = collection.vector();
            const auto exact = exact_search(reader, 1, query, 10);
            found += count_found(*index->search(query, 10), *exact);
            wanted += exact->size();
        }
        for (const auto& file : files(collection)) std::filesystem::remove(file);
        return static_cast<double>(found) / static_cast<double>(wanted);
    };
    const double good = share(32, 64);
    EXPECT_GT(good, 0.95);
    EXPECT_LT(share(2, 1), good);
}

}  // namespace
}  // namespace lectern::index
