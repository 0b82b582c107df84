// Cache files on a failing disk, and damaged ones: they cost time, never a hit.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "index/vector/check_files.hpp"
#include "index/vector/vector_index.hpp"
#include "storage/testing/faulty_environment.hpp"
#include "tests/support/test_folder.hpp"

namespace lectern::index {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

constexpr std::uint32_t dimension = 8;

class FileFaultsTest : public ::testing::Test {
 protected:
    void SetUp() override {
        auto opened = storage::Store::open(folder.path(), {.create_if_missing = true});
        ASSERT_TRUE(opened.ok()) << opened.status().message();
        store = std::move(*opened);
        ASSERT_TRUE(store->add_generation({.fingerprint = "f", .dimension = dimension}).ok());
    }
    void TearDown() override { storage::set_file_faults(nullptr); }

    [[nodiscard]] std::unique_ptr<VectorIndex> open() {
        VectorIndexOptions options;
        options.seal_at = 40;
        options.vectors = encoding;
        options.build_in_background = false;
        options.log = [this](std::string_view message) { said.emplace_back(message); };
        auto index = VectorIndex::open(*store, options);
        EXPECT_TRUE(index.ok()) << index.status().message();
        return index.ok() ? std::move(*index) : nullptr;
    }
    // Documents of one chunk, in random directions.
    void add(VectorIndex& index, int count) {
        std::normal_distribution<float> normal;
        for (int i = 0; i < count; ++i) {
            std::vector<float> vector(dimension);
            float length = 0;
            for (float& value : vector) {
                value = normal(random);
                length += value * value;
            }
            for (float& value : vector) value /= std::sqrt(length);
            storage::WriteGroup group;
            group.puts.push_back({.id = "d" + std::to_string(vectors.size()),
                                  .text = "x",
                                  .chunks = {{0, 1, 1}},
                                  .vectors = {{1, vector}}});
            const auto done = store->commit(group, false);
            ASSERT_TRUE(done.ok()) << done.status().message();
            ASSERT_TRUE(index.apply(done->change, vector).ok());
            vectors.push_back(vector);
        }
    }
    // Each vector's nearest is itself.
    void expect_all_found(const VectorIndex& index) const {
        ASSERT_EQ(index.statistics().rows, vectors.size());
        for (std::size_t i = 0; i < vectors.size(); ++i) {
            const auto hits = index.search(vectors[i], 1);
            ASSERT_TRUE(hits.ok()) << hits.status().message();
            ASSERT_EQ(hits->size(), 1u);
            EXPECT_EQ(hits->front().chunk, i + 1);
        }
    }
    std::vector<fs::path> segments() const {
        std::vector<fs::path> files;
        for (const auto& entry : fs::directory_iterator(store->index_folder()))
            files.push_back(entry.path());
        return files;
    }

    void fail_everything();

    storage::VectorEncoding encoding = storage::VectorEncoding::f32;
    const TestFolder folder;
    std::unique_ptr<storage::Store> store;
    std::mt19937_64 random{5};
    std::vector<std::vector<float>> vectors;
    std::vector<std::string> said;
};

void FileFaultsTest::fail_everything() {
    const std::vector<std::pair<const char*, storage::Faults>> cases{
        {"writes", {.write_every = 4}},
        {"syncs", {.sync_every = 2}},
        {"renames", {.rename_every = 1}},
        {"reads", {.read_every = 2}},
        {"a full disk", {.disk_bytes = 20000}}};
    std::uint64_t seed = 1;
    for (const auto& [name, faults] : cases) {
        SCOPED_TRACE(name);
        storage::Faults seeded = faults;
        seeded.seed = seed++;
        storage::FaultyEnvironment disk(seeded);
        storage::set_file_faults(&disk);
        for (int round = 0; round < 3; ++round) {
            const auto index = open();
            ASSERT_NE(index, nullptr);
            add(*index, 50);
            if (const Status flushed = index->flush(); !flushed.ok())
                said.push_back(flushed.message());
            expect_all_found(*index);
        }
        EXPECT_GT(disk.failures(), 0u) << "nothing failed: the test tests nothing";
        EXPECT_FALSE(said.empty()) << "a failure was kept quiet";
        said.clear();
        storage::set_file_faults(nullptr);
        const auto index = open();
        expect_all_found(*index);
        for (const fs::path& file : segments()) EXPECT_EQ(file.extension(), ".segment");
    }
}

TEST_F(FileFaultsTest, WhateverFailsEveryRowIsFound) {
    fail_everything();
}

TEST_F(FileFaultsTest, WhateverFailsEveryRowOfListsIsFound) {
    encoding = storage::VectorEncoding::pq;
    fail_everything();
}

TEST_F(FileFaultsTest, DamagedFilesAreNamed) {
    {
        const auto index = open();
        add(*index, 100);
        ASSERT_TRUE(index->flush().ok());
    }
    ASSERT_FALSE(segments().empty());
    auto checked = check_files(*store);
    ASSERT_TRUE(checked.ok());
    for (const CheckedFile& file : *checked) EXPECT_TRUE(file.status.ok()) << file.status.message();

    const fs::path segment = segments().front();
    const fs::path foreign = store->index_folder() / "letter.txt";
    std::ofstream(foreign) << "dear";
    std::fstream bytes(segment, std::ios::in | std::ios::out | std::ios::binary);
    bytes.seekg(300);
    const char byte = static_cast<char>(bytes.get() ^ 8);
    bytes.seekp(300);
    bytes.put(byte);
    bytes.close();
    checked = check_files(*store);
    ASSERT_TRUE(checked.ok());
    for (const CheckedFile& file : *checked) {
        const bool damaged = file.file == segment || file.file == foreign;
        EXPECT_EQ(file.status.ok(), !damaged) << file.file;
        if (file.file == segment) {
            EXPECT_THAT(file.status.message(), HasSubstr("checksum"));
        }
    }
}

}  // namespace
}  // namespace lectern::index
