// Which ids may be stored, and what ids files get.
#include "engine/ingest/document_id.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <utility>

#include "tests/support/test_folder.hpp"

namespace lectern {
namespace {

namespace fs = std::filesystem;

TEST(DocumentIdTest, WhatAPathCarriesIsTaken) {
    for (const char* id : {"docs",    "docs/",     "docs//",     "/docs",
                           "//docs",  "/",         "a//b",       "https://example.org/a/",
                           "...",     "a/.../b",   "..a",        "a..",
                           ".hidden", "a/.b",      "a.",         "%2e%2e",
                           "..%2fa",  "..\\a",     "a b",        " a ",
                           "a?b#c",   "a+b&c=d;e", "käse 🧀", "\xC2\xA0",
                           "~",       "\"<>|"})
        EXPECT_TRUE(check_document_id(id).ok()) << id << check_document_id(id).message();
    EXPECT_TRUE(check_document_id(std::string(longest_document_id, 'a')).ok());
}

TEST(DocumentIdTest, WhatAPathCannotCarryIsRefused) {
    const std::pair<std::string, const char*> cases[] = {
        {"", "needs an id"},
        {std::string(longest_document_id + 1, 'a'), "longer than"},
        {"a\xFF", "not valid UTF-8 at byte 1"},
        {".", "'.'"},
        {"..", "'..'"},
        {"./a", "'.'"},
        {"../a", "'..'"},
        {"a/..", "'..'"},
        {"a/.", "'.'"},
        {"a/./b", "'.'"},
        {"a/../b", "'..'"},
        {"/..", "'..'"},
        {"../", "'..'"},
        {"a//..//b", "'..'"},
        {std::string("a\0b", 3), "control character at byte 1"},
        {"a\nb", "control character at byte 1"},
        {"\t", "control character at byte 0"},
        {"a\x7F", "control character at byte 1"},
        {"ab\xC2\x85", "control character at byte 2"}};
    for (const auto& [id, says] : cases) {
        const Status status = check_document_id(id);
        EXPECT_EQ(status.code(), Code::invalid_argument) << id;
        EXPECT_NE(status.message().find(says), std::string::npos) << id << ": " << status.message();
    }
}

// Stands in a folder while it lives.
class Standing {
 public:
    explicit Standing(const fs::path& in) : before_(fs::current_path()) { fs::current_path(in); }
    Standing(const Standing&) = delete;
    Standing& operator=(const Standing&) = delete;
    ~Standing() { fs::current_path(before_); }

 private:
    fs::path before_;
};

TEST(DocumentIdTest, OfAFileIsItsPathWithoutDots) {
    const TestFolder home;
    const fs::path root = fs::canonical(home.path());
    fs::create_directories(root / "here/notes");
    fs::create_directories(root / "real/below");
    fs::create_directory_symlink(root / "real/below", root / "here/link");
    const Standing in(root / "here");
    const std::pair<std::string, std::string> cases[] = {
        {"notes/a.md", "notes/a.md"},
        {"notes//a.md", "notes//a.md"},
        {"/abs/a.md", "/abs/a.md"},
        {"...md", "...md"},
        {"./a.md", "a.md"},
        {"./notes/./a.md", "notes/a.md"},
        {"../a.md", (root / "a.md").string()},
        {"notes/../a.md", "a.md"},
        {"../here/notes/a.md", "notes/a.md"},
        // The folder above the link's own.
        {"link/../a.md", (root / "real/a.md").string()},
        {"../missing/../a.md", (root / "a.md").string()}};
    for (const auto& [file, id] : cases) {
        EXPECT_EQ(document_id_of(file), id) << file;
        EXPECT_TRUE(check_document_id(document_id_of(file)).ok()) << file;
    }
}

}  // namespace
}  // namespace lectern
