#include "archive/member_path.hpp"

#include <gtest/gtest.h>

namespace lectern::archive {
namespace {

TEST(MemberPath, IsAPathWithinTheArchive) {
    struct {
        const char* name;
        const char* path;  // null: refused
    } const cases[] = {
        {"docs/a.txt", "docs/a.txt"},
        {"./docs//a.txt", "docs/a.txt"},
        {"/etc/passwd", "etc/passwd"},
        {"docs\\a.txt", "docs/a.txt"},
        {"a\\b/c.txt", "a\\b/c.txt"},
        {"a\nb.txt", "a?b.txt"},
        {"../a.txt", nullptr},
        {"docs/../../a.txt", nullptr},
        {"docs\\..\\a.txt", nullptr},
        {"", nullptr},
        {"./", nullptr},
        {"H\xC3\xA4"
         "fen.txt",
         "Häfen.txt"},
    };
    for (const auto& c : cases) {
        const auto path = member_path(c.name);
        EXPECT_EQ(path.has_value(), c.path != nullptr) << c.name;
        EXPECT_EQ(path.value_or(""), c.path == nullptr ? "" : c.path) << c.name;
    }
    EXPECT_FALSE(member_path(std::string(5000, 'a')));
    const auto guessed = member_path(
        "H\xE4"
        "fen und B\xFC"
        "cher.txt");
    ASSERT_TRUE(guessed);
    EXPECT_EQ(*guessed, "Häfen und Bücher.txt");
    EXPECT_EQ(member_path("B\x81"
                          "cher/Stra\xE1"
                          "e.txt",
                          true),
              "Bücher/Straße.txt");
}

TEST(MemberPath, WhatIsLeftOut) {
    for (const char* path : {".git/config", "a/.hidden", "__MACOSX/a.txt", "a/Thumbs.db"})
        EXPECT_TRUE(is_left_out(path)) << path;
    for (const char* path : {"a.txt", "a/b.c/d.txt", "thumbs.db.txt"})
        EXPECT_FALSE(is_left_out(path)) << path;
}

}  // namespace
}  // namespace lectern::archive
