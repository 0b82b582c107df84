#include "engine/ingest/sources.hpp"
#include "tests/support/test_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lectern {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class Sources : public ::testing::Test {
 protected:
    void write(const fs::path& name, std::string_view bytes = "x") const {
        fs::create_directories((root_ / name).parent_path());
        std::ofstream(root_ / name, std::ios::binary) << bytes;
    }
    // Names of what is found, as seen from the root.
    std::vector<std::string> names(const std::vector<fs::path>& paths) {
        failed_.clear();
        std::vector<std::string> out;
        for (const SourceFile& file : list_files(paths, failed_)) {
            EXPECT_EQ(file.name, file.path.string());
            EXPECT_TRUE(file.name.starts_with(root_.string() + "/")) << file.name;
            out.push_back(file.name.substr(root_.string().size() + 1));
        }
        return out;
    }

    lectern::TestFolder home_;
    fs::path root_ = home_.path();
    std::vector<IngestFailure> failed_;
};

TEST_F(Sources, AreWalkedInOrderOfName) {
    for (const char* name : {"z.md", "b/2.md", "b/10.md", "a.md", "b/c/d/deep.md", "Z.md"})
        write(name);
    fs::create_directories(root_ / "empty");
    EXPECT_THAT(names({root_}),
                ElementsAre("Z.md", "a.md", "b/10.md", "b/2.md", "b/c/d/deep.md", "z.md"));
    EXPECT_THAT(failed_, IsEmpty());
}

TEST_F(Sources, NamedTwiceAreReadOnce) {
    for (const char* name : {"a/1", "a/2"}) write(name);
    EXPECT_THAT(names({root_ / "a/2", root_ / "a", root_ / "a/2", root_ / "a/"}),
                ElementsAre("a/2", "a/1"));
    EXPECT_THAT(failed_, IsEmpty());
}

TEST_F(Sources, CollectionsAreNoFoldersOfDocuments) {
    for (const char* name : {"notes/store/CURRENT", "notes/store/LOG", "a.md", "b/store/goods.md"})
        write(name);
    EXPECT_THAT(names({root_}), ElementsAre("a.md", "b/store/goods.md"));
    EXPECT_THAT(failed_, IsEmpty());
    EXPECT_THAT(names({root_ / "notes/"}), IsEmpty());
    ASSERT_THAT(failed_, SizeIs(1));
    EXPECT_EQ(failed_.front().path, (root_ / "notes").string());
    EXPECT_THAT(failed_.front().error.message(), HasSubstr("collection"));
}

TEST_F(Sources, KeepTheOrderOfTheNamedPaths) {
    for (const char* name : {"a/1", "b/1", "c"}) write(name);
    EXPECT_THAT(names({root_ / "c", root_ / "b", root_ / "a"}), ElementsAre("c", "b/1", "a/1"));
    EXPECT_THAT(names({}), IsEmpty());
}

TEST_F(Sources, PassOverHiddenFilesAndFolders) {
    for (const char* name : {".hidden.md", ".git/config", "a/.b/c.md", "a/.b.md", "a/b.md", "c.d"})
        write(name);
    EXPECT_THAT(names({root_}), ElementsAre("a/b.md", "c.d"));
    EXPECT_THAT(failed_, IsEmpty());
    // Whoever names one means it.
    EXPECT_THAT(names({root_ / ".hidden.md", root_ / ".git"}),
                ElementsAre(".hidden.md", ".git/config"));
}

TEST_F(Sources, HaveTheSameNamesWithATrailingSlash) {
    write("notes/a.md");
    write("notes/b/c.md");
    const auto plain = names({root_ / "notes"});
    EXPECT_THAT(plain, ElementsAre("notes/a.md", "notes/b/c.md"));
    EXPECT_EQ(names({root_ / "notes/"}), plain);
    EXPECT_EQ(names({fs::path((root_ / "notes").string() + "//")}), plain);
}

TEST_F(Sources, CountTheirBytes) {
    write("five", "12345");
    write("none", "");
    const auto files = list_files({root_ / "five", root_}, failed_);
    ASSERT_THAT(files, SizeIs(2));
    EXPECT_EQ(files[0].bytes, 5U);
    EXPECT_EQ(files[1].bytes, 0U);
}

TEST_F(Sources, ReportWhatIsMissingAndGoOn) {
    write("a");
    write("b");
    EXPECT_THAT(names({root_ / "a", root_ / "absent", root_ / "b", root_ / "a/below"}),
                ElementsAre("a", "b"));
    ASSERT_THAT(failed_, SizeIs(2));
    EXPECT_EQ(failed_[0].path, (root_ / "absent").string());
    EXPECT_EQ(failed_[0].error.code(), Code::not_found);
    EXPECT_THAT(failed_[0].error.message(), HasSubstr("no such file or folder"));
    // "a" is no folder: nothing is below it.
    EXPECT_EQ(failed_[1].path, (root_ / "a/below").string());
    EXPECT_EQ(failed_[1].error.code(), Code::not_found);
}

TEST_F(Sources, FollowLinksToFilesAndNotToFolders) {
    write("real/a.md", "12");
    fs::create_directories(root_ / "links");
    fs::create_symlink(root_ / "real/a.md", root_ / "links/file");
    fs::create_directory_symlink(root_ / "real", root_ / "links/folder");
    fs::create_directory_symlink(root_, root_ / "links/loop");
    fs::create_symlink(root_ / "absent", root_ / "links/dangling");
    EXPECT_THAT(names({root_ / "links"}), ElementsAre("links/file"));
    EXPECT_EQ(list_files({root_ / "links"}, failed_).at(0).bytes, 2U);
    // A named link to a folder is walked.
    EXPECT_THAT(names({root_ / "links/folder"}), ElementsAre("links/folder/a.md"));
}

TEST_F(Sources, AreFilesAndFoldersOnly) {
    ASSERT_EQ(::mkfifo((root_ / "pipe").c_str(), 0600), 0);
    EXPECT_THAT(names({root_}), IsEmpty());
    EXPECT_THAT(failed_, IsEmpty());
    EXPECT_THAT(names({root_ / "pipe"}), IsEmpty());
    ASSERT_THAT(failed_, SizeIs(1));
    EXPECT_EQ(failed_[0].error.code(), Code::invalid_argument);
}

TEST_F(Sources, AreReadWhole) {
    const std::string small("one\0two\n", 8);
    write("small", small);
    write("none", "");
    auto opened = FileBytes::open(root_ / "small");
    ASSERT_TRUE(opened.ok());
    const FileBytes moved(std::move(opened).value());
    EXPECT_EQ(moved.bytes(), small);
    const auto none = FileBytes::open(root_ / "none");
    ASSERT_TRUE(none.ok());
    EXPECT_EQ(none->bytes(), "");
}

TEST_F(Sources, AreMappedWhenLarge) {
    write("large", "begin");
    constexpr std::uint64_t size = (64ULL << 20) + 5;
    fs::resize_file(root_ / "large", size);  // a hole: takes no room
    auto opened = FileBytes::open(root_ / "large");
    ASSERT_TRUE(opened.ok());
    const FileBytes moved(std::move(opened).value());
    ASSERT_EQ(moved.bytes().size(), size);
    EXPECT_EQ(moved.bytes().substr(0, 6), std::string_view("begin\0", 6));
    EXPECT_EQ(moved.bytes().back(), '\0');
}

TEST_F(Sources, ThatCannotBeOpenedSayWhy) {
    const auto absent = FileBytes::open(root_ / "absent");
    ASSERT_FALSE(absent.ok());
    EXPECT_EQ(absent.status().code(), Code::not_found);
    EXPECT_THAT(absent.status().message(), HasSubstr("no such file"));  // the caller names it
    EXPECT_FALSE(FileBytes::open(root_).ok());                          // a folder
}

}  // namespace
}  // namespace lectern
