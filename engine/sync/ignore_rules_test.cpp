#include "engine/sync/ignore_rules.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "engine/sync/wildcards.hpp"

namespace lectern {
namespace {

struct Fit {
    const char* pattern;
    const char* path;
    bool fits;
};

TEST(Wildcards, FitPathsAsGitHasIt) {
    const std::vector<Fit> table{
        {"a.md", "a.md", true},
        {"a.md", "b.md", false},
        {"a.md", "a.mdx", false},
        {"*.md", "a.md", true},
        {"*.md", ".md", true},
        {"*.md", "deep/a.md", false},
        {"*", "anything", true},
        {"*", "a/b", false},
        {"a*b*c", "a--b--c", true},
        {"a*b*c", "a--c--b", false},
        {"*ab*ab", "ababxab", true},
        {"?", "a", true},
        {"?", "", false},
        {"a?c", "a/c", false},
        {"[abc]", "b", true},
        {"[abc]", "d", false},
        {"[a-c]x", "bx", true},
        {"[!a-c]", "b", false},
        {"[^a-c]", "d", true},
        {"[]x]", "]", true},
        {"[!]x]", "]", false},
        {"[a-]", "-", true},
        {"[\\]]", "]", true},
        {"[[:digit:]]", "7", true},
        {"[[:digit:]]", "x", false},
        {"[[:alpha:]_]", "_", true},
        {"[[:nothing:]]", "n", false},
        {"[ab", "a", false},
        {"a[/]b", "a/b", false},
        {"\\*", "*", true},
        {"\\*", "x", false},
        {"\\", "\\", false},
        {"a\\", "a", false},
        // ** between slashes is any number of folders.
        {"**/foo", "foo", true},
        {"**/foo", "a/b/foo", true},
        {"**/foo", "a/foo/b", false},
        {"foo/**", "foo/a", true},
        {"foo/**", "foo/a/b", true},
        {"foo/**", "foo", false},
        {"a/**/b", "a/b", true},
        {"a/**/b", "a/x/b", true},
        {"a/**/b", "a/x/y/b", true},
        {"a/**/b", "x/a/b", false},
        {"a/**/b/**/c", "a/b/b/x/c", true},
        {"a/**/b/**/c", "a/x/c", false},
        {"**/**/c", "c", true},
        {"**", "a/b/c", true},
        // Elsewhere it is one star.
        {"a**c", "abc", true},
        {"a**c", "a/c", false},
    };
    for (const Fit& row : table)
        EXPECT_EQ(fits_wildcards(row.pattern, row.path), row.fits)
            << row.pattern << " and " << row.path;
}

// Written carelessly, stars take a time that doubles with each of them.
TEST(Wildcards, ManyStarsTakeLittleTime) {
    std::string stars;
    std::string folders;
    for (int i = 0; i < 60; ++i) stars += "*a";
    for (int i = 0; i < 60; ++i) folders += "**/a/";
    EXPECT_FALSE(fits_wildcards(stars + "b", std::string(4000, 'a')));
    std::string deep = "a";
    for (int i = 0; i < 1000; ++i) deep += "/a";
    EXPECT_FALSE(fits_wildcards(folders + "b", deep));
}

struct Rule {
    const char* patterns;
    const char* path;
    bool folder;
    Ignored said;
};

TEST(IgnorePatterns, DecideAsGitHasIt) {
    constexpr bool file = false;
    constexpr bool folder = true;
    constexpr auto yes = Ignored::yes;
    constexpr auto no = Ignored::no;
    constexpr auto unsaid = Ignored::unsaid;
    const std::vector<Rule> table{
        {"", "a", file, unsaid},
        {"# a\n\n", "a", file, unsaid},
        {"\\#a", "#a", file, yes},
        {"\\!a", "!a", file, yes},
        {"a", "a", file, yes},
        {"a", "deep/a", file, yes},
        {"a", "deep/a", folder, yes},
        {"a", "ab", file, unsaid},
        // A slash at the beginning or in the middle ties a pattern to the folder of its file.
        {"/a", "a", file, yes},
        {"/a", "deep/a", file, unsaid},
        {"deep/a", "deep/a", file, yes},
        {"deep/a", "very/deep/a", file, unsaid},
        {"/*.md", "a.md", file, yes},
        {"/*.md", "deep/a.md", file, unsaid},
        // One at the end takes folders alone.
        {"build/", "build", folder, yes},
        {"build/", "build", file, unsaid},
        {"build/", "deep/build", folder, yes},
        {"/build/", "deep/build", folder, unsaid},
        {"deep/build/", "deep/build", folder, yes},
        {"**/", "any", folder, yes},
        {"**/", "any", file, unsaid},
        // The last one that fits decides.
        {"*.md\n!a.md", "a.md", file, no},
        {"*.md\n!a.md", "b.md", file, yes},
        {"!a.md\n*.md", "a.md", file, yes},
        {"!a.md", "a.md", file, no},
        {"/*\n!/keep", "keep", folder, no},
        {"/*\n!/keep", "other", folder, yes},
        // Spaces at the end, line ends of another system, a byte-order mark.
        {"a  ", "a", file, yes},
        {"a\\ ", "a ", file, yes},
        {"a\\ ", "a", file, unsaid},
        {"a b", "a b", file, yes},
        {"a\r\nb\r\n", "a", file, yes},
        {"\xEF\xBB\xBF"
         "a",
         "a", file, yes},
        {"/", "a", folder, unsaid},
        {"!", "a", file, unsaid},
        {"logs/**/debug.log", "logs/debug.log", file, yes},
        {"logs/**/debug.log", "logs/x/y/debug.log", file, yes},
        {"logs/**", "logs/x", file, yes},
        {"logs/**", "logs", folder, unsaid},
        {"**/logs", "x/logs", folder, yes},
    };
    for (const Rule& row : table)
        EXPECT_EQ(ignored_by(parse_ignore_file(row.patterns), row.path, row.folder), row.said)
            << '"' << row.patterns << "\" and " << row.path << (row.folder ? "/" : "");
}

TEST(IgnoreRules, TheDeepestFileDecides) {
    IgnoreRules rules({}, {});
    rules.enter("", {"*.log\n/top.md\n"});
    rules.enter("deep", {"!keep.log\n/own.md\n"});
    EXPECT_TRUE(rules.left_out("deep/x.log", false));
    EXPECT_FALSE(rules.left_out("deep/keep.log", false));
    EXPECT_FALSE(rules.left_out("deep/top.md", false));
    EXPECT_TRUE(rules.left_out("deep/own.md", false));
    rules.leave();
    EXPECT_TRUE(rules.left_out("keep.log", false));
    EXPECT_TRUE(rules.left_out("top.md", false));
    EXPECT_FALSE(rules.left_out("own.md", false));
}

TEST(IgnoreRules, OfOneFolderTheStrongerFileDecides) {
    IgnoreRules rules({}, {});
    rules.enter("", {"*.txt\n", "!notes.txt\n"});
    EXPECT_TRUE(rules.left_out("a.txt", false));
    EXPECT_FALSE(rules.left_out("notes.txt", false));
}

TEST(IgnoreRules, PatternsOfTheSourceDecideFirst) {
    IgnoreRules rules({}, {"drafts/", "!a.log"});
    rules.enter("", {"!drafts/\n*.log\n"});
    EXPECT_TRUE(rules.left_out("drafts", true));
    EXPECT_FALSE(rules.left_out("a.log", false));
    EXPECT_TRUE(rules.left_out("b.log", false));
}

TEST(IgnoreRules, WithIncludesOtherFilesAreLeftOut) {
    IgnoreRules rules({"*.md", "/manual/"}, {"secret*"});
    rules.enter("", {"old.md\n"});
    EXPECT_FALSE(rules.left_out("a.md", false));
    EXPECT_FALSE(rules.left_out("deep/a.md", false));
    EXPECT_TRUE(rules.left_out("a.txt", false));
    EXPECT_FALSE(rules.left_out("manual/deep/a.txt", false));
    EXPECT_TRUE(rules.left_out("deep/manual/a.txt", false));
    EXPECT_TRUE(rules.left_out("old.md", false));
    EXPECT_TRUE(rules.left_out("secret.md", false));
    EXPECT_FALSE(rules.left_out("deep", true));  // it may hold files that are included
}

}  // namespace
}  // namespace lectern
