#include <gtest/gtest.h>

#include <random>

#include "storage/store/store.hpp"
#include "tests/support/test_folder.hpp"

namespace lectern::storage {
namespace {

TEST(StoreReclaim, DiskShrinksByItselfAfterMassDeletion) {
    const TestFolder folder;
    OpenOptions options{.create_if_missing = true};
    options.reclaim_at = 500;
    auto store = Store::open(folder.path(), options);
    ASSERT_TRUE(store.ok()) << store.status().message();
    ASSERT_TRUE((*store)->add_generation({.fingerprint = "f", .dimension = 256}).ok());
    std::mt19937 random(5);
    WriteGroup removal;
    for (int group = 0; group < 20; ++group) {
        WriteGroup writes;
        for (int i = 0; i < 100; ++i) {
            PutDocument document;
            document.id = std::to_string(group * 100 + i);
            for (int byte = 0; byte < 4000; ++byte)
                document.text += static_cast<char>('a' + random() % 26);
            document.chunks = {{0, 4000, 1}};
            document.vectors = {{1, std::vector<float>(256, static_cast<float>(i))}};
            if (group != 7) removal.deletes.push_back(document.id);
            writes.puts.push_back(std::move(document));
        }
        ASSERT_TRUE((*store)->commit(writes, false).ok());
    }
    // In tables, as what was written long ago is.
    ASSERT_TRUE((*store)->flush().ok());
    EXPECT_FALSE((*store)->reclaiming());
    const std::uint64_t full = (*store)->disk_bytes();
    ASSERT_TRUE((*store)->commit(removal).ok());
    (*store)->wait_until_reclaimed();
    EXPECT_FALSE((*store)->reclaiming());
    EXPECT_LT((*store)->disk_bytes(), full / 4);
    EXPECT_EQ((*store)->counters().documents, 100U);
    EXPECT_TRUE((*store)->reader().document("742").ok());
    // A few more deletions are not worth it.
    ASSERT_TRUE((*store)->commit({{}, {"742"}}).ok());
    EXPECT_FALSE((*store)->reclaiming());
}

TEST(StoreReclaim, ClosingDoesNotWaitForIt) {
    const TestFolder folder;
    OpenOptions options{.create_if_missing = true};
    options.reclaim_at = 1;
    auto store = Store::open(folder.path(), options);
    ASSERT_TRUE(store.ok());
    WriteGroup group;
    group.puts.push_back({.id = "a", .text = "text", .chunks = {{0, 4, 1}}});
    ASSERT_TRUE((*store)->commit(group).ok());
    ASSERT_TRUE((*store)->commit({{}, {"a"}}).ok());
    ASSERT_TRUE((*store)->close().ok());
    store->reset();
    store = Store::open(folder.path());
    ASSERT_TRUE(store.ok()) << store.status().message();
    EXPECT_EQ((*store)->counters().documents, 0U);
}

}  // namespace
}  // namespace lectern::storage
