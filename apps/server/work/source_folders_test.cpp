#include "apps/server/work/source_folders.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "tests/support/test_folder.hpp"

namespace lectern::server {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

class SourceFoldersTest : public ::testing::Test {
 protected:
    void SetUp() override {
        fs::create_directories(root / "manuals/english/deep");
        fs::create_directories(root / "outside");
        fs::create_directory_symlink(root / "outside", root / "manuals/link");
    }
    [[nodiscard]] std::string at(const std::string& name, const std::string& folder) const {
        return name + "=" + (root / folder).string();
    }
    TestFolder home;
    fs::path root = fs::canonical(home.path());
};

TEST_F(SourceFoldersTest, WhatIsBelowThem) {
    const auto folders = SourceFolders::parse({at("m", "manuals"), at("o", "outside")});
    ASSERT_TRUE(folders) << folders.status().message();
    struct {
        const char* name;
        const char* path;   // "": refused
        const char* begin;  // of ids
    } const cases[] = {
        {"m", "manuals", "m"},
        {"m/english", "manuals/english", "m/english"},
        {"m/./english//deep/", "manuals/english/deep", "m/english/deep"},
        {"m/.", "manuals", "m"},
        {"m/..", "", ""},
        {"m/../outside", "", ""},
        {"m/link", "", ""},
        {"m/nothing", "", ""},
        {"manuals", "", ""},
        {"", "", ""},
        {"/etc", "", ""},
        {"m//etc", "", ""},
    };
    for (const auto& c : cases) {
        const auto found = folders->find(c.name);
        EXPECT_EQ(found.ok(), c.path[0] != 0) << c.name;
        if (!found.ok()) {
            EXPECT_THAT(found.status().message(), HasSubstr("the server has no source"));
            continue;
        }
        EXPECT_EQ(found->path, root / c.path) << c.name;
        EXPECT_EQ(found->name, c.begin) << c.name;
    }
    EXPECT_TRUE(folders->has(root / "manuals/english"));
    EXPECT_FALSE(folders->has(root / "manuals2"));
    EXPECT_FALSE(folders->has(root));
}

TEST_F(SourceFoldersTest, FilesBelowThem) {
    const auto write = [this](const char* file) { std::ofstream(root / file) << "x"; };
    for (const char* file : {"manuals/a.txt", "manuals/english/b.txt", "outside/c.txt"})
        write(file);
    fs::create_symlink(root / "outside/c.txt", root / "manuals/out.txt");
    fs::create_symlink(root / "manuals/a.txt", root / "manuals/in.txt");
    const auto folders = SourceFolders::parse({at("m", "manuals")});
    ASSERT_TRUE(folders) << folders.status().message();
    struct {
        const char* name;
        const char* path;  // "": refused
    } const cases[] = {
        {"m/a.txt", "manuals/a.txt"},
        {"m/english/../a.txt", "manuals/a.txt"},
        {"m/english/b.txt", "manuals/english/b.txt"},
        {"m/in.txt", "manuals/a.txt"},
        {"m/out.txt", ""},
        {"m/link/c.txt", ""},
        {"m/../outside/c.txt", ""},
        {"m/english", ""},
        {"m", ""},
        {"m/", ""},
        {"", ""},
        {"/etc/passwd", ""},
        {"m//etc/passwd", ""},
        {"o/c.txt", ""},
    };
    for (const auto& c : cases) {
        const auto found = folders->find_file(c.name);
        EXPECT_EQ(found.ok(), c.path[0] != 0) << c.name;
        if (found.ok()) {
            EXPECT_EQ(*found, root / c.path) << c.name;
        } else {
            EXPECT_THAT(found.status().message(), HasSubstr("there is no file")) << c.name;
        }
    }
}

TEST_F(SourceFoldersTest, WhatIsWrong) {
    struct {
        std::vector<std::string> given;
        const char* message;
    } const cases[] = {
        {{"manuals"}, "give NAME=DIR"},
        {{at("a/b", "manuals")}, "give NAME=DIR"},
        {{at("..", "manuals")}, "give NAME=DIR"},
        {{at("m", "nothing")}, "no such folder"},
        {{at("m", "manuals"), at("m", "outside")}, "two sources are called 'm'"},
        {{at("m", "manuals"), at("e", "manuals/english")}, "lie in each other"},
        {{at("e", "manuals/english"), at("m", "manuals")}, "lie in each other"},
    };
    for (const auto& c : cases)
        EXPECT_THAT(SourceFolders::parse(c.given).status().message(), HasSubstr(c.message));
    EXPECT_TRUE(SourceFolders::parse({})->empty());
}

}  // namespace
}  // namespace lectern::server
