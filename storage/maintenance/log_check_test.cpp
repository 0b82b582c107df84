// Damaged logs: a bit anywhere, a cut anywhere, zeros at the end. What the store says it has must
// be all that was acknowledged, or it must refuse to open and say why.
#include "storage/maintenance/log_check.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rocksdb/env.h>

#include <fstream>
#include <random>
#include <sstream>

#include "storage/store/acknowledged.hpp"
#include "storage/store/store.hpp"
#include "system/crc32c.hpp"
#include "tests/support/test_folder.hpp"

namespace lectern::storage {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

constexpr int commits = 12;

std::string text_of(int i) {
    // Some of them longer than a block of the log.
    return std::string(i % 4 == 3 ? 50000 : 700 + 100 * static_cast<std::size_t>(i),
                       static_cast<char>('a' + i));
}

std::string read(const fs::path& file) {
    std::ostringstream bytes;
    bytes << std::ifstream(file, std::ios::binary).rdbuf();
    return bytes.str();
}

void write(const fs::path& file, const std::string& bytes) {
    std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
}

fs::path log_of(const fs::path& collection) {
    fs::path found;
    for (const auto& entry : fs::directory_iterator(collection / "store"))
        if (entry.path().extension() == ".log" && entry.file_size() > 0) found = entry.path();
    return found;
}

class LogTest : public ::testing::Test {
 protected:
    void SetUp() override {
        const auto store = Store::open(original, {.create_if_missing = true});
        ASSERT_TRUE(store.ok()) << store.status().message();
        for (int i = 0; i < commits; ++i) {
            WriteGroup group;
            group.puts.push_back({.id = "d" + std::to_string(i), .text = text_of(i)});
            ASSERT_TRUE((*store)->commit(group).ok());
            ends.push_back(fs::file_size(log_of(original)));
        }
    }
    // A copy of the collection with other bytes in its log, and nothing that says how many commits
    // were acknowledged (acknowledged_test).
    fs::path with_log(const std::string& bytes) const {
        fs::remove_all(copy);
        fs::copy(original, copy, fs::copy_options::recursive);
        write(log_of(copy), bytes);
        fs::remove(copy / "store" / Acknowledged::file_name);
        return copy;
    }
    // How many of the commits, from the first on, the store has; each of them whole.
    static int whole(const Store& store) {
        int count = 0;
        for (; count < commits; ++count) {
            const auto document = store.reader().document("d" + std::to_string(count));
            if (!document.ok()) break;
            EXPECT_EQ(document->text, text_of(count));
        }
        EXPECT_EQ(store.counters().documents, static_cast<std::uint64_t>(count));
        EXPECT_EQ(store.sequence(), static_cast<Sequence>(count));
        return count;
    }

    const TestFolder folder;
    const fs::path original = folder.path() / "original";
    const fs::path copy = folder.path() / "copy";
    std::vector<std::uintmax_t> ends;  // of the log after each commit
};

TEST_F(LogTest, AWholeLogIsFoundWhole) {
    const auto reports = check_logs(original / "store", *rocksdb::Env::Default());
    ASSERT_TRUE(reports.ok()) << reports.status().message();
    ASSERT_EQ(reports->size(), 1u);
    EXPECT_EQ(reports->front().damage, "");
    EXPECT_EQ(reports->front().torn_bytes, 0u);
    EXPECT_EQ(reports->front().bytes, ends.back());
    EXPECT_GE(reports->front().records, static_cast<std::uint64_t>(commits));
}

// Records of a later RocksDB, of types that an older one may pass over, are no damage; others are.
TEST_F(LogTest, RecordsThatMayBePassedOverAreNoDamage) {
    struct Row {
        int type;
        bool damage;
    };
    const std::string log = read(log_of(original)).substr(0, ends[2]);
    const std::string payload = "which log was before";
    ASSERT_LT(log.size() + 7 + payload.size(), 32768u);
    for (const Row& row : {Row{130, false}, Row{200, false}, Row{14, true}, Row{127, true}}) {
        const std::string summed = static_cast<char>(row.type) + payload;
        const std::uint32_t crc = sys::crc32c(summed.data(), summed.size());
        const std::uint32_t masked = (crc >> 15 | crc << 17) + 0xa282ead8U;
        std::string bytes = log;
        for (int i = 0; i < 4; ++i) bytes += static_cast<char>(masked >> (8 * i) & 0xff);
        bytes += static_cast<char>(payload.size());
        bytes += '\0';
        bytes += summed;
        const auto reports = check_logs(with_log(bytes) / "store", *rocksdb::Env::Default());
        ASSERT_TRUE(reports.ok()) << reports.status().message();
        ASSERT_EQ(reports->size(), 1u);
        EXPECT_EQ(!reports->front().damage.empty(), row.damage) << row.type;
        EXPECT_EQ(reports->front().torn_bytes, 0u) << row.type;
        EXPECT_GE(reports->front().records, 3u) << row.type;
    }
}

TEST_F(LogTest, ATornTailIsNormalAndLosesNothingBeforeIt) {
    const std::string log = read(log_of(original));
    std::mt19937_64 random(7);
    for (int round = 0; round < 60; ++round) {
        const std::size_t cut = ends[0] + random() % (log.size() - ends[0]);
        const auto expected = std::upper_bound(ends.begin(), ends.end(), cut) - ends.begin();
        // Cut off, or sectors that were never written.
        std::string bytes = log.substr(0, cut);
        if (round % 3 == 0) bytes += std::string(3000, '\0');
        const auto store = Store::open(with_log(bytes));
        ASSERT_TRUE(store.ok()) << "cut at " << cut << ": " << store.status().message();
        EXPECT_EQ(whole(**store), expected) << "cut at " << cut;
        EXPECT_TRUE((*store)->commit({.puts = {{.id = "new", .text = "x"}}}).ok());
    }
}

TEST_F(LogTest, AFlippedBitIsReportedWhereverItIs) {
    const std::string log = read(log_of(original));
    std::mt19937_64 random(11);
    std::vector<std::size_t> places;
    for (int i = 0; i < 60; ++i) places.push_back(random() % log.size());
    // Every byte of the headers of the first and of the last record.
    for (std::size_t i = 0; i < 7; ++i) {
        places.push_back(i);
        places.push_back(ends[commits - 2] + i);
    }
    for (const std::size_t at : places) {
        std::string bytes = log;
        bytes[at] = static_cast<char>(bytes[at] ^ (1 << random() % 8));
        const auto store = Store::open(with_log(bytes));
        ASSERT_FALSE(store.ok()) << "byte " << at;
        EXPECT_EQ(store.status().code(), Code::corrupt) << store.status().message();
        EXPECT_THAT(store.status().message(), HasSubstr(".log is damaged at byte"));
        EXPECT_THAT(store.status().message(), HasSubstr("lectern repair -c " + copy.string()));
        EXPECT_EQ(read(log_of(copy)), bytes) << "a refused log must stay as it is";
    }
}

TEST_F(LogTest, AHoleInTheMiddleIsReported) {
    const std::string log = read(log_of(original));
    for (const std::size_t size : {1u, 7u, 512u, 4096u, 40000u}) {
        std::string bytes = log;
        for (std::size_t i = 0; i < size; ++i) bytes[ends[2] + i] = '\0';
        EXPECT_EQ(Store::open(with_log(bytes)).status().code(), Code::corrupt) << size;
        EXPECT_EQ(Store::open(with_log(log.substr(0, ends[2]) + log.substr(ends[2] + size)))
                      .status()
                      .code(),
                  Code::corrupt)
            << size;
    }
}

TEST_F(LogTest, AForeignFileIsNoLog) {
    std::string noise(100000, '\0');
    std::mt19937_64 random(3);
    for (char& byte : noise) byte = static_cast<char>(random());
    EXPECT_EQ(Store::open(with_log(noise)).status().code(), Code::corrupt);
    EXPECT_EQ(Store::open(with_log(read(original / "store" / "CURRENT") + "and more\n" + noise))
                  .status()
                  .code(),
              Code::corrupt);
}

}  // namespace
}  // namespace lectern::storage
