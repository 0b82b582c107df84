#include "engine/sync/walk.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "tests/support/test_folder.hpp"

namespace lectern {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class WalkTest : public testing::Test {
 protected:
    void write(const std::string& name, const std::string& text = "x") const {
        fs::create_directories((root / name).parent_path());
        std::ofstream(root / name) << text;
    }
    WalkedSource walk() {
        auto walked = walk_source(source, nullptr, {});
        EXPECT_TRUE(walked.ok()) << walked.status().message();
        return walked.ok() ? std::move(*walked) : WalkedSource{};
    }
    static std::vector<std::string> names(const WalkedSource& walked) {
        std::vector<std::string> out;
        for (const WalkedFile& file : walked.files) out.push_back(file.name);
        return out;
    }

    TestFolder home;
    fs::path root = home.path() / "notes";
    storage::SourceFolder source{root.string(), "notes", {}, {}, 0};
};

TEST_F(WalkTest, FilesInOrderWithoutHiddenOnesAndCollections) {
    write("b.md");
    write("a.md");
    write("deep/er/c.md");
    write(".hidden/d.md");
    write(".e.md");
    write("collection/store/CURRENT");
    write("collection/f.md");
    const WalkedSource walked = walk();
    EXPECT_THAT(names(walked), ElementsAre("notes/a.md", "notes/b.md", "notes/deep/er/c.md"));
    EXPECT_THAT(walked.left_out, IsEmpty());
    EXPECT_THAT(walked.failed, IsEmpty());
    source.name.clear();
    EXPECT_THAT(names(walk()), ElementsAre("a.md", "b.md", "deep/er/c.md"));
}

TEST_F(WalkTest, PatternFilesRuleTheirFolders) {
    write(".gitignore", "*.log\nbuild/\n!/important.log\n");
    write(".lecternignore", "drafts/\n");
    write("a.log");
    write("important.log");
    write("build/out.md");
    write("build/.gitignore", "!out.md\n");  // never read: the folder is left out
    write("drafts/x.md");
    write("deep/.gitignore", "!keep.log\n");
    write("deep/keep.log");
    write("deep/other.log");
    write("deep/drafts/y.md");
    EXPECT_THAT(names(walk()), ElementsAre("notes/deep/keep.log", "notes/important.log"));
    source.exclude = {"/important.log"};
    EXPECT_THAT(names(walk()), ElementsAre("notes/deep/keep.log"));
    source.include = {"*.md"};
    EXPECT_THAT(names(walk()), IsEmpty());
}

TEST_F(WalkTest, LinksToFoldersAndToNothingAreLeftOutAndSaid) {
    write("a.md");
    write("folder/b.md");
    fs::create_directory_symlink(root / "folder", root / "link");
    fs::create_symlink(root / "nowhere", root / "broken");
    fs::create_symlink(root / "a.md", root / "same.md");
    fs::create_directory_symlink(root, root / "folder/round");
    write(".gitignore", "ignored\n");
    fs::create_directory_symlink(root / "folder", root / "ignored");
    const WalkedSource walked = walk();
    EXPECT_THAT(names(walked), ElementsAre("notes/a.md", "notes/folder/b.md", "notes/same.md"));
    std::vector<std::string> said;
    for (const LeftOut& left : walked.left_out)
        said.push_back(fs::path(left.path).filename().string() + ": " + left.why);
    EXPECT_THAT(said, ElementsAre("broken: a link that leads to nothing",
                                  "round: a link to a folder", "link: a link to a folder"));
}

TEST_F(WalkTest, AFileIsASourceAndAMissingFolderIsMissing) {
    EXPECT_TRUE(walk().missing);
    write("a.md");
    source.path = (root / "a.md").string();
    source.name = "notes/a.md";
    EXPECT_THAT(names(walk()), ElementsAre("notes/a.md"));
}

TEST_F(WalkTest, AFolderThatCannotBeReadIsUnknownNotEmpty) {
    write("a.md");
    write("shut/b.md");
    if (::geteuid() == 0) {
        // Nothing is shut to root; a patterns file that is none stands for it.
        fs::create_directories(root / "shut/.gitignore");
        EXPECT_THAT(names(walk()), ElementsAre("notes/a.md", "notes/shut/b.md"));
        return;
    }
    fs::permissions(root / "shut", fs::perms::none);
    const WalkedSource walked = walk();
    fs::permissions(root / "shut", fs::perms::owner_all);
    EXPECT_THAT(names(walked), ElementsAre("notes/a.md"));
    EXPECT_THAT(walked.unread, ElementsAre((root / "shut").string()));
    EXPECT_EQ(walked.failed.size(), 1U);
}

TEST_F(WalkTest, EveryFolderIsToldBeforeItIsRead) {
    write("deep/er/c.md");
    write(".gitignore", "out/\n");
    write("out/d.md");
    std::vector<std::string> told;
    const auto walked = walk_source(source,
                                    [&](const fs::path& folder) {
                                        told.push_back(folder.filename().string());
                                        return Status{};
                                    },
                                    {});
    ASSERT_TRUE(walked.ok());
    EXPECT_THAT(told, ElementsAre("notes", "deep", "er"));
    const auto failed = walk_source(source,
                                    [](const fs::path&) {
                                        return Status{Code::resource_exhausted, "full"};
                                    },
                                    {});
    EXPECT_EQ(failed.status().code(), Code::resource_exhausted);
}

TEST_F(WalkTest, AMarkChangesWithTheFile) {
    write("a.md", "one");
    const FileMark before = walk().files.at(0).mark;
    EXPECT_EQ(walk().files.at(0).mark, before);
    write("a.md", "other");
    EXPECT_NE(walk().files.at(0).mark, before);
}

}  // namespace
}  // namespace lectern
