#include "engine/sync/hash_files.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "corpus/values.hpp"
#include "tests/support/test_folder.hpp"

namespace lectern {
namespace {

constexpr std::int64_t second = 1'000'000'000;

WalkedFile marked(const std::string& path, std::int64_t changed) {
    return {path, path, {.inode = 7, .bytes = 1, .changed = changed}};
}

TEST(SyncMemory, KnowsAFileUntilItIsWritten) {
    const storage::Hash128 hash = storage::content_hash("x");
    SyncMemory memory;
    const WalkedFile file = marked("/a", 5 * second);
    EXPECT_FALSE(memory.find(file));
    memory.remember({file, hash}, 7 * second);
    EXPECT_EQ(memory.find(file), hash);
    EXPECT_FALSE(memory.find(marked("/b", 5 * second)));
    EXPECT_FALSE(memory.find(marked("/a", 6 * second)));
    // Written when it was hashed: a write after that may leave the same mark.
    memory.remember({marked("/a", 7 * second), hash}, 7 * second);
    EXPECT_FALSE(memory.find(marked("/a", 7 * second)));
    memory.remember({file, hash}, 7 * second);
    memory.remember({file, std::nullopt}, 8 * second);  // it could not be read
    EXPECT_FALSE(memory.find(file));
}

TEST(HashFiles, HashesWhatIsThere) {
    const TestFolder home;
    std::vector<WalkedFile> files;
    for (int i = 0; i < 40; ++i) {
        const auto path = home.path() / std::to_string(i);
        if (i != 5) std::ofstream(path) << "text " << i;
        files.push_back({path, path.filename().string(), {}});
    }
    std::vector<IngestFailure> failed;
    const auto hashed = hash_files(files, 3, nullptr, {}, failed);
    ASSERT_TRUE(hashed.ok());
    EXPECT_TRUE(failed.empty());
    ASSERT_EQ(hashed->size(), 39U);  // one is gone
    for (const HashedFile& file : *hashed)
        EXPECT_EQ(file.hash, storage::content_hash("text " + file.file.name));

    std::stop_source stop;
    stop.request_stop();
    EXPECT_EQ(hash_files(files, 3, nullptr, stop.get_token(), failed).status().code(),
              Code::cancelled);
}

}  // namespace
}  // namespace lectern
