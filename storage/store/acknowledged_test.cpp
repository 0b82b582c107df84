// A store that lost acknowledged commits without a torn or damaged record to show for it.
#include "storage/store/acknowledged.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <random>

#include "storage/maintenance/backup.hpp"
#include "storage/maintenance/repair.hpp"
#include "storage/store/store.hpp"
#include "storage/testing/faulty_environment.hpp"
#include "tests/support/test_folder.hpp"

namespace lectern::storage {
namespace {

namespace fs = std::filesystem;
using ::testing::Contains;
using ::testing::Field;
using ::testing::HasSubstr;

constexpr int commits = 9;

fs::path log_of(const fs::path& collection) {
    for (const auto& entry : fs::directory_iterator(collection / "store"))
        if (entry.path().extension() == ".log" && entry.file_size() > 0) return entry.path();
    return {};
}

class AcknowledgedTest : public ::testing::Test {
 protected:
    void SetUp() override {
        const auto store = Store::open(collection, {.create_if_missing = true});
        ASSERT_TRUE(store.ok()) << store.status().message();
        for (int i = 0; i < commits; ++i) {
            ASSERT_TRUE(put(**store, "d" + std::to_string(i)).ok());
            ends.push_back(fs::file_size(log_of(collection)));
        }
    }
    static Status put(Store& store, const std::string& id, bool sync = true) {
        return store.commit({.puts = {{.id = id, .text = std::string(3000, 'x')}}}, sync).status();
    }
    void cut_log(std::uintmax_t size) const { fs::resize_file(log_of(collection), size); }
    [[nodiscard]] Sequence noted() const {
        const auto store = Store::open(collection, {.read_only = true});
        EXPECT_TRUE(store.ok()) << store.status().message();
        return Acknowledged(collection / "store").last((*store)->meta().id);
    }

    const TestFolder folder;
    const fs::path collection = folder.path() / "c";
    std::vector<std::uintmax_t> ends;  // of the log after each commit
};

TEST_F(AcknowledgedTest, ALogThatWasCutAnywhereIsRefusedAndVerifiedAndRepaired) {
    const fs::path original = folder.path() / "original";
    fs::copy(collection, original, fs::copy_options::recursive);
    std::mt19937_64 random(5);
    std::vector<std::uintmax_t> cuts(ends.begin(), ends.end() - 1);  // between records
    for (int i = 0; i < 10; ++i) cuts.push_back(ends[0] + random() % (ends.back() - ends[0]));
    for (const std::uintmax_t cut : cuts) {
        SCOPED_TRACE(cut);
        fs::remove_all(collection);
        fs::copy(original, collection, fs::copy_options::recursive);
        cut_log(cut);
        const auto left = std::upper_bound(ends.begin(), ends.end(), cut) - ends.begin();
        const std::string missing =
            left + 1 == commits
                ? std::string("commit 9, which was acknowledged, is missing")
                : "commits " + std::to_string(left + 1) + " to 9, which were acknowledged";
        const auto checked = verify(collection);
        ASSERT_TRUE(checked.ok()) << checked.status().message();
        EXPECT_TRUE(checked->opened);
        EXPECT_EQ(checked->counters.documents, static_cast<std::uint64_t>(left));
        EXPECT_THAT(checked->findings, Contains(Field(&Finding::what, HasSubstr(missing))));
        for (int time = 0; time < 2; ++time) {  // refusing it changes nothing about that
            const auto refused = Store::open(collection);
            ASSERT_EQ(refused.status().code(), Code::corrupt) << refused.status().message();
            EXPECT_THAT(refused.status().message(), HasSubstr(missing));
            EXPECT_THAT(refused.status().message(), HasSubstr("lectern repair -c "));
        }
        const auto report = repair(collection);
        ASSERT_TRUE(report.ok()) << report.status().message();
        EXPECT_THAT(report->lost, Contains(Field(&Finding::what, HasSubstr(missing))));
        EXPECT_EQ(report->saved.documents, static_cast<std::uint64_t>(left));
        EXPECT_TRUE(verify(collection)->clean());
        const auto store = Store::open(collection);
        ASSERT_TRUE(store.ok()) << store.status().message();
        EXPECT_GT((*store)->sequence(), static_cast<Sequence>(commits));
    }
}

TEST_F(AcknowledgedTest, ALogThatIsGoneIsRefused) {
    fs::remove(log_of(collection));
    // Nothing is left of it. It must not look like one that was never made.
    for (const bool create : {false, true}) {
        const auto refused = Store::open(collection, {.create_if_missing = create});
        ASSERT_EQ(refused.status().code(), Code::corrupt) << refused.status().message();
        EXPECT_THAT(refused.status().message(), HasSubstr("commits 1 to 9, which were"));
    }
    const auto checked = verify(collection);
    ASSERT_TRUE(checked.ok()) << checked.status().message();
    EXPECT_FALSE(checked->clean());
}

TEST_F(AcknowledgedTest, AStoreWhoseLogIsGoneIsRepairedToWhatItsTablesHave) {
    Hash128 id;
    {
        const auto store = Store::open(collection, {.read_only = true});
        id = (*store)->meta().id;
    }
    const fs::path unflushed = folder.path() / "unflushed";
    fs::copy(collection, unflushed, fs::copy_options::recursive);
    {
        const auto store = Store::open(collection);
        ASSERT_TRUE((*store)->flush().ok());
        for (const char* later : {"l1", "l2", "d1"}) ASSERT_TRUE(put(**store, later).ok());
    }
    struct Case {
        fs::path folder;
        std::uint64_t left;
        std::string missing;
        Sequence last;
    };
    for (const auto& [path, left, missing, last] :
         {Case{collection, 9, "commits 10 to 12, which were acknowledged", 12},
          Case{unflushed, 0, "commits 1 to 9, which were acknowledged", 9}}) {
        SCOPED_TRACE(path);
        fs::remove(log_of(path));
        EXPECT_EQ(Store::open(path).status().code(), Code::corrupt);
        const auto report = repair(path);
        ASSERT_TRUE(report.ok()) << report.status().message();
        EXPECT_EQ(report->saved.documents, left);
        EXPECT_THAT(report->lost, Contains(Field(&Finding::what, HasSubstr(missing))));
        EXPECT_TRUE(verify(path)->clean());
        const auto store = Store::open(path);
        ASSERT_TRUE(store.ok()) << store.status().message();
        // Its backups are still its own, and no number is given twice.
        EXPECT_EQ((*store)->meta().id, id);
        EXPECT_GT((*store)->sequence(), last);
        EXPECT_EQ((*store)->reader().counters().documents, left);
        EXPECT_EQ((*store)->reader().document("d1").ok(), left > 0);
        EXPECT_TRUE(put(**store, "new").ok());
    }
}

TEST_F(AcknowledgedTest, ItFollowsWhatIsOnDiskAndNothingElse) {
    EXPECT_EQ(noted(), 9U);
    {
        const auto store = Store::open(collection);
        ASSERT_TRUE(store.ok()) << store.status().message();
        ASSERT_TRUE(put(**store, "unsynced", false).ok());
        const Hash128 id = (*store)->meta().id;
        EXPECT_EQ(Acknowledged(collection / "store").last(id), 9U);
        ASSERT_TRUE(put(**store, "synced").ok());
        EXPECT_EQ(Acknowledged(collection / "store").last(id), 11U);
        ASSERT_TRUE(put(**store, "unsynced too", false).ok());
        EXPECT_EQ(Acknowledged(collection / "store").last(id), 11U);
    }
    EXPECT_EQ(noted(), 12U) << "closing syncs";
    // A failed write is not acknowledged.
    FaultyEnvironment disk({.sync_every = 1});
    disk.set_armed(false);
    {
        const auto store = Store::open(collection, {.environment = &disk.environment()});
        ASSERT_TRUE(store.ok()) << store.status().message();
        disk.set_armed(true);
        EXPECT_FALSE(put(**store, "failed").ok());
        disk.set_armed(false);
    }
    EXPECT_EQ(noted(), 12U);
    EXPECT_TRUE(Store::open(collection).ok());
}

TEST_F(AcknowledgedTest, WithoutItOrWithAnothersTheStoreOpens) {
    const fs::path file = collection / "store" / Acknowledged::file_name;
    ASSERT_TRUE(fs::exists(file));
    cut_log(ends[4]);
    std::string bytes(fs::file_size(file), '\0');
    std::ifstream(file, std::ios::binary)
        .read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    const auto opens = [&] {
        EXPECT_TRUE(Store::open(collection, {.read_only = true}).ok());
        return verify(collection)->clean();
    };
    EXPECT_FALSE(opens());
    // Any bit of it: it says nothing then.
    for (std::size_t at = 0; at < bytes.size(); ++at) {
        std::string flipped = bytes;
        flipped[at] = static_cast<char>(flipped[at] ^ 1);
        std::ofstream(file, std::ios::binary) << flipped;
        EXPECT_TRUE(opens()) << "byte " << at;
    }
    std::ofstream(file, std::ios::binary) << bytes.substr(0, 30);
    EXPECT_TRUE(opens());
    {
        const auto other = Store::open(folder.path() / "other", {.create_if_missing = true});
        for (int i = 0; i < 20; ++i) ASSERT_TRUE(put(**other, "x").ok());
    }
    fs::copy_file(folder.path() / "other" / "store" / Acknowledged::file_name, file,
                  fs::copy_options::overwrite_existing);
    // Which of the two is the foreign one only a table could tell.
    const auto mixed = Store::open(collection, {.read_only = true});
    EXPECT_EQ(mixed.status().code(), Code::corrupt);
    EXPECT_THAT(mixed.status().message(), HasSubstr("store/ACKNOWLEDGED is of"));
    const fs::path flushed = folder.path() / "flushed";
    fs::copy(collection, flushed, fs::copy_options::recursive);
    fs::remove(file);
    EXPECT_TRUE(opens());
    {
        const auto store = Store::open(collection);
        ASSERT_TRUE(store.ok()) << store.status().message();
        ASSERT_TRUE(put(**store, "new").ok());
    }
    EXPECT_EQ(noted(), 6U);
    const auto kept = repair(flushed);
    ASSERT_TRUE(kept.ok()) << kept.status().message();
    EXPECT_EQ(kept->saved.documents, 5U);
    EXPECT_TRUE(verify(flushed)->clean());
    // With tables it says nothing, as before.
    { const auto once = Store::open(flushed); }
    {
        const auto again = Store::open(flushed);
        ASSERT_TRUE((*again)->flush().ok());
        ASSERT_TRUE(put(**again, "in the log").ok());
    }
    fs::copy_file(folder.path() / "other" / "store" / Acknowledged::file_name,
                  flushed / "store" / Acknowledged::file_name,
                  fs::copy_options::overwrite_existing);
    EXPECT_TRUE(verify(flushed)->clean());
}

TEST_F(AcknowledgedTest, ARestoredCollectionBeginsWithItsOwn) {
    const fs::path backups = folder.path() / "backups";
    {
        const auto store = Store::open(collection);
        ASSERT_TRUE(create_backup(**store, backups).ok());
        for (int i = 0; i < 5; ++i) ASSERT_TRUE(put(**store, "later").ok());
    }
    ASSERT_TRUE(restore_backup(backups, 0, folder.path() / "restored").ok());
    EXPECT_TRUE(verify(folder.path() / "restored")->clean());
    EXPECT_TRUE(Store::open(folder.path() / "restored").ok());
}

}  // namespace
}  // namespace lectern::storage
