#include "engine/plugin_host/verdict.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

namespace lectern::host {
namespace {

class Verdicts : public ::testing::Test {
 protected:
    void SetUp() override {
        folder_ = std::filesystem::temp_directory_path() /
                  ("lectern-verdict-test-" + std::to_string(::getpid()));
        std::filesystem::create_directories(folder_);
        std::ofstream(folder_ / "a.so") << "one";
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }
    std::filesystem::path folder_;
};

TEST_F(Verdicts, AreKeptWhole) {
    Verdict verdict;
    verdict.usable = true;
    verdict.info = {.name = "a",
                    .version = "1",
                    .description = "ä \"quoted\"",
                    .license = "MIT",
                    .path = folder_ / "a.so",
                    .abi_major = 1,
                    .abi_minor = 2,
                    .stage_types = {{"s", "does", StageKind::reader, "{}"}},
                    .left_out = {"t: why"}};
    const VerdictCache cache(folder_ / "cache", "");
    EXPECT_FALSE(cache.find(folder_ / "a.so"));
    cache.keep(folder_ / "a.so", verdict);
    const auto kept = cache.find(folder_ / "a.so");
    ASSERT_TRUE(kept);
    EXPECT_TRUE(kept->usable);
    EXPECT_EQ(to_json(*kept), to_json(verdict));
    EXPECT_EQ(kept->info.path, folder_ / "a.so");
    ASSERT_EQ(kept->info.stage_types.size(), 1u);
    EXPECT_EQ(kept->info.stage_types[0].kind, StageKind::reader);
}

TEST_F(Verdicts, HoldWhileTheFileIsTheSame) {
    Verdict refused;
    refused.reason = "crashed";
    refused.quarantined = true;
    const VerdictCache cache(folder_ / "cache", "");
    cache.keep(folder_ / "a.so", refused);
    ASSERT_TRUE(cache.find(folder_ / "a.so"));
    EXPECT_EQ(cache.find(folder_ / "a.so")->reason, "crashed");
    std::ofstream(folder_ / "a.so") << "another size";
    EXPECT_FALSE(cache.find(folder_ / "a.so"));
    // Another probe program may see it otherwise.
    cache.keep(folder_ / "a.so", refused);
    std::ofstream(folder_ / "probe") << "program";
    EXPECT_FALSE(VerdictCache(folder_ / "cache", folder_ / "probe").find(folder_ / "a.so"));
}

TEST_F(Verdicts, DamagedOnesCountAsNone) {
    const VerdictCache cache(folder_ / "cache", "");
    const auto file = cache.file_of(folder_ / "a.so");
    std::filesystem::create_directories(file.parent_path());
    Verdict good;
    good.usable = true;
    good.info.name = "a";
    cache.keep(folder_ / "a.so", good);
    std::ifstream in(file);
    const std::string whole{std::istreambuf_iterator<char>(in), {}};
    ASSERT_TRUE(cache.find(folder_ / "a.so"));
    for (const std::string& text :
         {std::string(), std::string("{"), std::string("[]"), std::string("{\"key\":1}"),
          whole.substr(0, whole.size() / 2),
          std::string(whole).replace(whole.find("usable"), 6, "unable")}) {
        std::ofstream(file) << text;
        EXPECT_FALSE(cache.find(folder_ / "a.so")) << text;
    }
}

TEST_F(Verdicts, NothingIsKeptWithoutAFolder) {
    const VerdictCache cache("", "");
    cache.keep(folder_ / "a.so", {});
    EXPECT_FALSE(cache.find(folder_ / "a.so"));
    EXPECT_EQ(cache.file_of(folder_ / "a.so"), "");
}

}  // namespace
}  // namespace lectern::host
