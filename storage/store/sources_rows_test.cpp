#include "storage/store/sources.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "storage/store/encoding.hpp"
#include "storage/store/store.hpp"
#include "tests/support/test_folder.hpp"

namespace lectern::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

class SourceRowsTest : public testing::Test {
 protected:
    void SetUp() override { reopen(); }
    void reopen() {
        store.reset();
        auto opened = Store::open(home.path() / "c", {.create_if_missing = true});
        ASSERT_TRUE(opened.ok()) << opened.status().message();
        store = std::move(opened).value();
    }
    void put(const std::string& id, const std::string& file, bool synced = true) {
        WriteGroup group;
        group.puts.push_back({.id = id, .text = "a text", .origin = {file, synced}});
        const auto done = store->commit(group);
        ASSERT_TRUE(done.ok()) << done.status().message();
    }
    // Of the documents that are there: id and origin.
    [[nodiscard]] std::map<std::string, Origin> origins() const {
        std::map<std::string, Origin> out;
        const Reader reader = store->reader();
        const Status status = reader.for_each_origin([&](Ordinal document, const Origin& origin) {
            const auto header = reader.header(document);
            out[header.ok() ? header->id : "gone " + std::to_string(document)] = origin;
        });
        EXPECT_TRUE(status.ok()) << status.message();
        return out;
    }

    TestFolder home;
    std::unique_ptr<Store> store;
};

TEST_F(SourceRowsTest, AnOriginComesAndGoesWithItsVersionOfTheDocument) {
    put("a", "/notes/a");
    put("b", "/notes/b", false);
    put("c", "");
    reopen();
    EXPECT_THAT(origins(), UnorderedElementsAre(Pair("a", Origin{"/notes/a", true}),
                                                Pair("b", Origin{"/notes/b", false})));
    put("a", "/other/a");
    put("b", "");
    EXPECT_THAT(origins(), ElementsAre(Pair("a", Origin{"/other/a", true})));
    const auto header = store->reader().header("a");
    ASSERT_TRUE(header.ok());
    EXPECT_EQ(store->reader().origin(header->ordinal)->file, "/other/a");
    EXPECT_EQ(store->reader().origin(header->ordinal + 100)->file, "");

    WriteGroup group;
    group.deletes = {"a"};
    ASSERT_TRUE(store->commit(group).ok());
    EXPECT_THAT(origins(), IsEmpty());
}

TEST_F(SourceRowsTest, AnOriginIsSaidLaterWithoutANewVersion) {
    put("a", "");
    const auto before = store->reader().header("a");
    SourceRows rows;
    rows.origins = {{"a", {"/notes/a", true}}, {"nobody", {"/notes/b", true}}};
    ASSERT_TRUE(store->write_sources(rows).ok());
    EXPECT_THAT(origins(), ElementsAre(Pair("a", Origin{"/notes/a", true})));
    EXPECT_EQ(store->reader().header("a")->ordinal, before->ordinal);
    EXPECT_EQ(store->sequence(), 1U);
}

TEST_F(SourceRowsTest, SourcesAndFilesAreKeptAndDropped) {
    const SourceFolder notes{"/home/notes", "notes", {"*.md"}, {"drafts/", "!drafts/a.md"}, 5};
    const SourceFolder all{"/srv", "", {}, {}, 6};
    const SyncedFile one{"/home/notes/a.md", {{1, 2, 3}}, 1};
    const SyncedFile rows_file{"/srv/rows.jsonl", {{4}}, 1000};
    SourceRows rows;
    rows.put_sources = {notes, all};
    rows.put_files = {one, rows_file};
    ASSERT_TRUE(store->write_sources(rows).ok());
    reopen();
    const auto files = [&] {
        std::vector<SyncedFile> out;
        EXPECT_TRUE(store->reader()
                        .for_each_synced_file([&](const SyncedFile& file) { out.push_back(file); })
                        .ok());
        return out;
    };
    EXPECT_THAT(*store->reader().sources(), ElementsAre(notes, all));
    EXPECT_THAT(files(), ElementsAre(one, rows_file));

    SourceRows drop;
    drop.drop_sources = {"/srv"};
    drop.drop_files = {"/home/notes/a.md", "/not/there"};
    ASSERT_TRUE(store->write_sources(drop).ok());
    EXPECT_THAT(*store->reader().sources(), ElementsAre(notes));
    EXPECT_THAT(files(), ElementsAre(rows_file));
}

TEST_F(SourceRowsTest, DamagedRecordsAreRefused) {
    const std::string origin = encode(Origin{"/a", true});
    const std::string file = encode(SyncedFile{"/a", {{7}}, 300});
    const std::string source = encode(SourceFolder{"/a", "a", {"x"}, {"y", "z"}, 9});
    EXPECT_EQ(decode_origin(origin), (Origin{"/a", true}));
    for (std::size_t size = 0; size < origin.size(); ++size)
        EXPECT_FALSE(decode_origin(origin.substr(0, size))) << size;
    for (std::size_t size = 0; size < file.size(); ++size)
        EXPECT_FALSE(decode_synced_file("/a", file.substr(0, size))) << size;
    for (std::size_t size = 0; size < source.size(); ++size)
        EXPECT_FALSE(decode_source("/a", source.substr(0, size))) << size;
    EXPECT_FALSE(decode_origin(origin + '\0'));
    std::string other_flag = origin;
    other_flag[1] = 2;
    EXPECT_FALSE(decode_origin(other_flag));
}

}  // namespace
}  // namespace lectern::storage
