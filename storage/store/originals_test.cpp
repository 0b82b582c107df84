// The files that documents were read from: kept with them, gone with them.
#include <gtest/gtest.h>
#include <rocksdb/db.h>

#include <memory>
#include <optional>
#include <string>

#include "storage/maintenance/backup.hpp"
#include "storage/store/batch.hpp"
#include "storage/store/database.hpp"
#include "storage/store/encoding.hpp"
#include "storage/store/keys.hpp"
#include "storage/store/store.hpp"
#include "tests/support/test_folder.hpp"

namespace lectern::storage {
namespace {

class OriginalsTest : public testing::Test {
 protected:
    void SetUp() override { reopen(); }
    void reopen() {
        store.reset();
        auto opened = Store::open(place, {.create_if_missing = true});
        ASSERT_TRUE(opened.ok()) << opened.status().message();
        store = std::move(opened).value();
    }
    void keep(bool on) {
        SourceRows rows;
        rows.keep_originals = on;
        ASSERT_TRUE(store->write_sources(rows).ok());
    }
    void put(const std::string& id, std::string original) {
        WriteGroup group;
        group.puts.push_back({.id = id, .text = "a text", .original = std::move(original)});
        const auto done = store->commit(group);
        ASSERT_TRUE(done.ok()) << done.status().message();
    }
    [[nodiscard]] std::optional<std::string> original(const std::string& id) const {
        const Reader reader = store->reader();
        const auto header = reader.header(id);
        if (!header.ok()) return "no document";
        const auto found = reader.original(header->ordinal);
        EXPECT_TRUE(found.ok()) << found.status().message();
        return found.ok() ? *found : std::nullopt;
    }
    // Rows of originals that the store has, whatever document they are of.
    [[nodiscard]] std::size_t rows() {
        store.reset();
        std::size_t count = 0;
        {
            const auto database = Database::open(place, {});
            EXPECT_TRUE(database.ok()) << database.status().message();
            const std::unique_ptr<rocksdb::Iterator> row((*database)->db().NewIterator(
                rocksdb::ReadOptions(), (*database)->handle(Column::meta)));
            for (row->Seek(slice(original_prefix));
                 row->Valid() && row->key().starts_with(slice(original_prefix)); row->Next())
                ++count;
        }
        reopen();
        return count;
    }

    TestFolder home;
    std::filesystem::path place = home.path() / "c";
    std::unique_ptr<Store> store;
};

// Three blocks and a bit, with every byte.
std::string large() {
    std::string out;
    for (std::size_t i = 0; i < 3 * text_block_bytes + 17; ++i) out += static_cast<char>(i * 7);
    return out;
}

TEST_F(OriginalsTest, AreKeptAndGoWithTheirVersionOfTheDocument) {
    EXPECT_FALSE(*store->reader().keeps_originals());
    keep(true);
    put("a", large());
    put("b", "small");
    put("c", "");
    reopen();
    EXPECT_TRUE(*store->reader().keeps_originals());
    EXPECT_EQ(original("a"), large());
    EXPECT_EQ(original("b"), "small");
    EXPECT_EQ(original("c"), std::nullopt);
    EXPECT_EQ(rows(), 5U + 2U);  // heads and blocks

    put("a", "another");
    EXPECT_EQ(original("a"), "another");
    EXPECT_EQ(rows(), 2U + 2U);
    keep(false);  // what is there stays, and goes when its document does
    EXPECT_FALSE(*store->reader().keeps_originals());
    EXPECT_EQ(original("a"), "another");
    put("a", "");
    WriteGroup group;
    group.deletes = {"b"};
    ASSERT_TRUE(store->commit(group).ok());
    EXPECT_EQ(original("a"), std::nullopt);
    EXPECT_EQ(rows(), 0U);
}

TEST_F(OriginalsTest, OfAStoredDocumentAreWrittenAndTakenOut) {
    keep(true);
    put("a", large());
    SourceRows rows_of;
    rows_of.originals = {{"a", "now this"}, {"nobody", "x"}};
    ASSERT_TRUE(store->write_sources(rows_of).ok());
    EXPECT_EQ(original("a"), "now this");
    EXPECT_EQ(rows(), 2U);
    rows_of.originals = {{"a", ""}};
    ASSERT_TRUE(store->write_sources(rows_of).ok());
    EXPECT_EQ(original("a"), std::nullopt);
    EXPECT_EQ(rows(), 0U);
}

// A copy of a collection that has some and keeps none any more was never told to keep any.
TEST_F(OriginalsTest, GoWithTheirDocumentsWhereNoneAreKept) {
    put("a", large());
    EXPECT_EQ(rows(), 5U);
    WriteGroup group;
    group.deletes = {"a"};
    ASSERT_TRUE(store->commit(group).ok());
    EXPECT_EQ(rows(), 0U);
    EXPECT_FALSE(*store->reader().keeps_originals());
}

TEST_F(OriginalsTest, GivenLaterGoWithTheirDocumentsWhereNoneAreKept) {
    put("a", "");
    SourceRows given;
    given.originals = {{"a", "small"}};
    ASSERT_TRUE(store->write_sources(given).ok());
    EXPECT_EQ(rows(), 2U);
    put("a", "");
    EXPECT_EQ(rows(), 0U);
    EXPECT_FALSE(*store->reader().keeps_originals());
}

TEST_F(OriginalsTest, ABlockThatIsLostIsDamage) {
    keep(true);
    put("a", large());
    const Ordinal document = store->reader().header("a")->ordinal;
    store.reset();
    {
        const auto database = Database::open(place, {});
        ASSERT_TRUE(database.ok()) << database.status().message();
        Batch batch(**database);
        batch.remove(Column::meta, original_key(document, 1));
        ASSERT_TRUE((*database)->write(batch.rocks(), true, "a test").ok());
    }
    reopen();
    const auto read = store->reader().original(document);
    ASSERT_FALSE(read.ok());
    EXPECT_EQ(read.status().code(), Code::corrupt);
}

TEST_F(OriginalsTest, AreInABackup) {
    keep(true);
    put("a", large());
    const auto made = create_backup(*store, home.path() / "backups");
    ASSERT_TRUE(made.ok()) << made.status().message();
    store.reset();
    place = home.path() / "restored";
    const auto restored = restore_backup(home.path() / "backups", 0, place);
    ASSERT_TRUE(restored.ok()) << restored.status().message();
    reopen();
    EXPECT_TRUE(*store->reader().keeps_originals());
    EXPECT_EQ(original("a"), large());
}

}  // namespace
}  // namespace lectern::storage
