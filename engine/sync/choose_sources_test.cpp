#include "engine/sync/choose_sources.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/support/test_folder.hpp"

namespace lectern {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class ChooseSourcesTest : public testing::Test {
 protected:
    void SetUp() override {
        for (const char* folder : {"a/deep", "b", "collection/store"})
            fs::create_directories(home.path() / folder);
        fs::create_directory(home.path() / "collection/store/CURRENT");
        known.push_back({path("a"), "a", {"*.md"}, {}, 7});
    }
    [[nodiscard]] std::string path(const std::string& name) const {
        return (home.path() / name).string();
    }
    [[nodiscard]] Result<ChosenSources> choose(const std::vector<fs::path>& paths,
                                               const std::vector<std::string>& exclude = {}) const {
        return choose_sources(known, paths, {}, exclude);
    }

    TestFolder home;
    std::vector<storage::SourceFolder> known;
};

TEST_F(ChooseSourcesTest, NoPathsAreAllThatAreKnown) {
    const auto chosen = choose({});
    ASSERT_TRUE(chosen.ok());
    EXPECT_EQ(chosen->sources, known);
    EXPECT_TRUE(chosen->remember.empty());
    EXPECT_FALSE(choose({}, {"x"}).ok());
}

TEST_F(ChooseSourcesTest, ANewFolderIsNamedAsGivenAndRemembered) {
    const auto chosen = choose({path("b") + "/"}, {"x"});
    ASSERT_TRUE(chosen.ok()) << chosen.status().message();
    ASSERT_EQ(chosen->sources.size(), 1U);
    EXPECT_EQ(chosen->sources[0].path, path("b"));
    EXPECT_EQ(chosen->sources[0].name, path("b"));
    EXPECT_THAT(chosen->sources[0].exclude, ElementsAre("x"));
    EXPECT_EQ(chosen->remember, chosen->sources);
}

TEST_F(ChooseSourcesTest, NamesDoNotDependOnWhereOneStands) {
    const fs::path before = fs::current_path();
    struct Row {
        const char* given;
        std::string name;
    };
    const std::vector<Row> table{
        {"b", "b"}, {"./b", "b"}, {"b/.", "b"}, {"b//", "b"}, {"a/../b", path("b")}};
    fs::current_path(home.path());
    for (const Row& row : table) {
        const auto chosen = choose({row.given});
        ASSERT_TRUE(chosen.ok()) << row.given << ": " << chosen.status().message();
        EXPECT_EQ(chosen->sources[0].path, fs::current_path() / "b") << row.given;
        EXPECT_EQ(fs::path(chosen->sources[0].name).filename(), "b") << row.given;
        EXPECT_EQ(chosen->sources[0].name.starts_with('/'), row.name.starts_with('/'));
    }
    fs::current_path(home.path() / "b");
    EXPECT_EQ(choose({"."})->sources[0].name, "");
    fs::current_path(before);
}

TEST_F(ChooseSourcesTest, AKnownOneKeepsItsNameAndItsPatternsUnlessOthersAreGiven) {
    const auto same = choose({path("a"), path("a") + "/"});
    ASSERT_TRUE(same.ok());
    EXPECT_EQ(same->sources, known);
    EXPECT_TRUE(same->remember.empty());
    const auto other = choose({path("a")}, {"x"});
    ASSERT_EQ(other->remember.size(), 1U);
    EXPECT_EQ(other->remember[0].name, "a");
    EXPECT_TRUE(other->remember[0].include.empty());
    EXPECT_THAT(other->remember[0].exclude, ElementsAre("x"));
    fs::remove_all(path("a"));
    EXPECT_TRUE(choose({path("a")}).ok());  // missing, which the sync decides on
}

TEST_F(ChooseSourcesTest, WhatCannotBeASourceIsSaid) {
    EXPECT_EQ(choose({path("nothing")}).status().code(), Code::not_found);
    EXPECT_THAT(choose({path("collection")}).status().message(), HasSubstr("is a collection"));
    EXPECT_THAT(choose({path("a/deep")}).status().message(), HasSubstr("lies in the source"));
    EXPECT_THAT(choose({home.path()}).status().message(), HasSubstr("remove it first"));
    EXPECT_THAT(choose({path("b"), home.path()}).status().message(), HasSubstr("lies in"));
    known[0].name = path("b");
    EXPECT_THAT(choose({path("b")}).status().message(), HasSubstr("the same ids"));
}

}  // namespace
}  // namespace lectern
