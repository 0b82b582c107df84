#include "system/mapping.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <string>

namespace lectern::sys {
namespace {

class Mappings : public ::testing::Test {
 protected:
    void SetUp() override {
        std::string name = ::testing::TempDir() + "mapping-XXXXXX";
        ASSERT_NE(::mkdtemp(name.data()), nullptr);
        folder_ = name;
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }
    std::filesystem::path file(const std::string& name, const std::string& content) {
        std::ofstream(folder_ / name, std::ios::binary) << content;
        return folder_ / name;
    }
    std::filesystem::path folder_;
};

TEST_F(Mappings, HoldTheBytesOfAFileThatWasReplaced) {
    const std::string content(10000, 'a');
    std::error_code error;
    Mapping first = Mapping::of(file("a", content), error);
    ASSERT_FALSE(error) << error.message();
    first.read_in_order();
    std::filesystem::rename(file("b", "other"), folder_ / "a");
    const char* const where = first.text().data();
    const Mapping moved(std::move(first));
    EXPECT_EQ(moved.text(), content);
    EXPECT_EQ(moved.text().data(), where);
    EXPECT_TRUE(first.bytes().empty());  // NOLINT(bugprone-use-after-move)
}

TEST_F(Mappings, OfAnOpenFileOutliveIt) {
    std::error_code error;
    Mapping part;
    {
        const Descriptor opened(::open(file("a", "abcdef").c_str(), O_RDONLY | O_CLOEXEC));
        part = Mapping::of(opened, 4, error);
    }
    ASSERT_FALSE(error) << error.message();
    EXPECT_EQ(part.text(), "abcd");
}

TEST_F(Mappings, SayWhyThereIsNone) {
    std::error_code error;
    EXPECT_TRUE(Mapping::of(folder_ / "none", error).bytes().empty());
    EXPECT_EQ(error, std::errc::no_such_file_or_directory);
    EXPECT_TRUE(Mapping::of(folder_, error).bytes().empty());
    EXPECT_EQ(error, std::errc::is_a_directory);
    EXPECT_TRUE(Mapping::of(Descriptor(), 5, error).bytes().empty());
    EXPECT_EQ(error, std::errc::bad_file_descriptor);
    // An empty file is no failure, and it clears the one before.
    EXPECT_TRUE(Mapping::of(file("empty", ""), error).bytes().empty());
    EXPECT_FALSE(error);
}

}  // namespace
}  // namespace lectern::sys
