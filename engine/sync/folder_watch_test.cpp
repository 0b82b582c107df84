#include "engine/sync/folder_watch.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <thread>

#include "tests/support/test_folder.hpp"

namespace lectern {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

class FolderWatchTest : public testing::Test {
 protected:
    [[nodiscard]] bool wait(std::chrono::milliseconds at_most = 1h) {
        return watch.wait(1ms, at_most, stop.get_token());
    }
    // Whether what is done wakes; nothing else may.
    [[nodiscard]] bool wakes(const std::function<void()>& change) {
        change();
        const auto begin = std::chrono::steady_clock::now();
        return wait() && std::chrono::steady_clock::now() - begin < 10min;
    }

    TestFolder home;
    fs::path folder = home.path();
    std::stop_source stop;
    FolderWatch watch = std::move(FolderWatch::make()).value();
};

TEST_F(FolderWatchTest, EveryKindOfChangeWakes) {
    ASSERT_TRUE(watch.add(folder).ok());
    EXPECT_TRUE(wakes([&] { std::ofstream(folder / "a") << "one"; }));
    EXPECT_TRUE(wakes([&] { std::ofstream(folder / "a") << "two"; }));
    EXPECT_TRUE(wakes([&] { fs::rename(folder / "a", folder / "b"); }));
    EXPECT_TRUE(wakes([&] { fs::create_directory(folder / "deep"); }));
    ASSERT_TRUE(watch.add(folder / "deep").ok());
    EXPECT_TRUE(wakes([&] { std::ofstream(folder / "deep/c") << "x"; }));
    EXPECT_TRUE(wakes([&] { fs::remove(folder / "deep/c"); }));
    EXPECT_TRUE(wakes([&] { fs::remove(folder / "deep"); }));
}

TEST_F(FolderWatchTest, StopEndsTheWaiting) {
    ASSERT_TRUE(watch.add(folder).ok());
    const std::jthread stopper([this] { stop.request_stop(); });
    EXPECT_FALSE(wait());
    EXPECT_FALSE(wait());
}

TEST_F(FolderWatchTest, TimePassesAndAFolderThatIsGoneIsPassedOver) {
    EXPECT_TRUE(watch.add(folder / "nothing").ok());
    EXPECT_TRUE(wait(1ms));
}

}  // namespace
}  // namespace lectern
