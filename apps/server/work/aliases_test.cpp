#include "apps/server/work/aliases.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "tests/support/test_folder.hpp"

namespace lectern::server {
namespace {

using Names = std::map<std::string, std::string>;

TEST(AliasesTest, AreOnDiskAndSwitched) {
    const TestFolder folder;
    const auto file = folder.path() / ".aliases.json";
    {
        Aliases aliases(file);
        EXPECT_TRUE(aliases.all().empty());
        ASSERT_TRUE(aliases.set("notes", "notes-1").ok());
        ASSERT_TRUE(aliases.set("other", "notes-1").ok());
        ASSERT_TRUE(aliases.set("notes", "notes-2").ok());
        EXPECT_EQ(aliases.target("notes"), "notes-2");
        EXPECT_EQ(aliases.target("notes-2"), "");
        EXPECT_EQ(aliases.of("notes-1"), std::vector<std::string>{"other"});
    }
    Aliases again(file);
    EXPECT_EQ(again.all(), (Names{{"notes", "notes-2"}, {"other", "notes-1"}}));
    ASSERT_TRUE(again.follow("notes-1", "first").ok());
    ASSERT_TRUE(again.follow("none", "x").ok());
    ASSERT_TRUE(again.remove("notes").ok());
    EXPECT_EQ(again.remove("notes").code(), Code::not_found);
    EXPECT_EQ(Aliases(file).all(), (Names{{"other", "first"}}));
}

TEST(AliasesTest, AFileThatCannotBeReadIsLeftAlone) {
    for (const char* text : {"", "{", "[]", "{\"aliases\": []}", "{\"aliases\": {\"a\": 1}}"}) {
        const TestFolder folder;
        const auto file = folder.path() / ".aliases.json";
        std::ofstream(file) << text;
        Aliases aliases(file);
        EXPECT_TRUE(aliases.all().empty()) << text;
        EXPECT_EQ(aliases.set("a", "b").code(), Code::unavailable) << text;
        std::ifstream in(file);
        EXPECT_EQ(std::string(std::istreambuf_iterator<char>(in), {}), text);
    }
}

TEST(AliasesTest, AnAliasThatCannotBeWrittenIsNone) {
    const TestFolder folder;
    Aliases aliases(folder.path() / "none" / ".aliases.json");
    EXPECT_EQ(aliases.set("a", "b").code(), Code::unavailable);
    EXPECT_TRUE(aliases.all().empty());
    EXPECT_EQ(Aliases(std::filesystem::path()).set("a", "b").code(), Code::unsupported);
}

}  // namespace
}  // namespace lectern::server
