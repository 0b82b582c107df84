// Documents under ids that are refused today, which an earlier version stored: they are read and
// removed as all others.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "lectern/lectern.hpp"
#include "storage/store/store.hpp"
#include "tests/support/test_folder.hpp"

namespace lectern {
namespace {

TEST(OldIdsTest, AreReadAndRemoved) {
    const TestFolder home;
    const auto folder = home.path() / "collection";
    const std::vector<std::string> ids{".", "..", "../a.md", "a/../b", "a\nb", "docs/"};
    {
        auto store = storage::Store::open(folder, {.create_if_missing = true});
        ASSERT_TRUE(store.ok()) << store.status().message();
        storage::WriteGroup group;
        for (const std::string& id : ids) {
            storage::PutDocument put;
            put.id = id;
            put.text = "Of " + id;
            group.puts.push_back(std::move(put));
        }
        ASSERT_TRUE((*store)->commit(group).ok());
    }
    OpenOptions options;
    options.create = false;
    options.load_models = false;
    auto opened = Collection::open(folder, options);
    ASSERT_TRUE(opened.ok()) << opened.status().message();
    std::size_t seen = 0;
    ASSERT_TRUE(opened->each_document([&](const Document&) { return ++seen, true; }).ok());
    EXPECT_EQ(seen, ids.size());
    for (const std::string& id : ids) {
        const auto document = opened->get(id);
        ASSERT_TRUE(document.ok()) << id;
        EXPECT_EQ(document->text, "Of " + id);
        const auto removed = opened->remove({&id, 1});
        ASSERT_TRUE(removed.ok()) << removed.status().message();
        EXPECT_EQ(*removed, 1U) << id;
        EXPECT_FALSE(opened->get(id).ok()) << id;
    }
}

}  // namespace
}  // namespace lectern
