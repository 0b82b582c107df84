#include "apps/server/work/tar.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <map>

#include "tests/support/test_folder.hpp"

namespace lectern::server {
namespace {

namespace fs = std::filesystem;

void write_to(const fs::path& file, const std::string& text) {
    fs::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
}

std::string read_from(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

const std::map<std::string, std::string> files{{"meta/1", "a list"},
                                               {"private/1/CURRENT", ""},
                                               {"shared/whole-blocks", std::string(1024, 'x')},
                                               {"shared/large", std::string(700'001, 'y')}};

std::string archive_of(const fs::path& folder) {
    std::vector<TarWriter::File> list;
    for (const auto& [name, text] : files) {
        write_to(folder / name, text);
        list.push_back({folder / name, name, text.size()});
    }
    TarWriter writer(list);
    std::string out;
    for (;;) {
        const auto piece = writer.next();
        EXPECT_TRUE(piece.ok()) << piece.status().message();
        if (!piece || piece->empty()) return out;
        out += *piece;
    }
}

bool any(std::string_view) {
    return true;
}

TEST(TarTest, WhatIsWrittenIsRead) {
    const TestFolder folder;
    const std::string archive = archive_of(folder.path() / "from");
    EXPECT_EQ(archive.size() % 512, 0U);
    for (const std::size_t step :
         {std::size_t{1} << 20U, std::size_t{511}, std::size_t{512}, std::size_t{4099}}) {
        const fs::path to = folder.path() / ("to-" + std::to_string(step));
        TarReader reader(to, any);
        for (std::size_t at = 0; at < archive.size(); at += step)
            ASSERT_TRUE(reader.add(std::string_view(archive).substr(at, step)).ok());
        ASSERT_TRUE(reader.finish().ok());
        EXPECT_EQ(reader.files(), files.size());
        for (const auto& [name, text] : files) EXPECT_EQ(read_from(to / name), text) << name;
    }
}

// As `tar --version` of this machine reads and writes it.
TEST(TarTest, OtherProgramsReadAndWriteTheSame) {
    const TestFolder folder;
    const fs::path from = folder.path() / "from";
    const fs::path to = folder.path() / "to";
    write_to(folder.path() / "ours.tar", archive_of(from));
    fs::create_directory(to);
    const std::string at = folder.path().string();
    ASSERT_EQ(std::system(("tar -xf " + at + "/ours.tar -C " + to.string()).c_str()), 0);
    for (const auto& [name, text] : files) EXPECT_EQ(read_from(to / name), text) << name;
    ASSERT_EQ(std::system(("tar -cf " + at + "/theirs.tar -C " + from.string() + " .").c_str()), 0);
    TarReader reader(folder.path() / "again", any);
    ASSERT_TRUE(reader.add(read_from(folder.path() / "theirs.tar")).ok());
    ASSERT_TRUE(reader.finish().ok());
    for (const auto& [name, text] : files)
        EXPECT_EQ(read_from(folder.path() / "again" / name), text) << name;
}

TEST(TarTest, WhatIsNoArchiveOfFilesIsRefused) {
    const TestFolder folder;
    const std::string archive = archive_of(folder.path() / "from");
    int number = 0;
    const auto outcome = [&](const std::string& bytes, const TarReader::May& may) {
        TarReader reader(folder.path() / ("x" + std::to_string(++number)), may);
        const Status added = reader.add(bytes);
        return added.ok() ? reader.finish() : added;
    };
    EXPECT_TRUE(outcome(archive, any).ok());
    EXPECT_NE(outcome(archive, [](std::string_view name) { return name != "meta/1"; })
                  .message()
                  .find("'meta/1'"),
              std::string::npos);
    std::string damaged = archive;
    damaged[3] = 'X';
    EXPECT_EQ(outcome(damaged, any).code(), Code::invalid_argument);
    EXPECT_EQ(outcome(archive.substr(0, archive.size() - 1024), any).code(),
              Code::invalid_argument);
    EXPECT_EQ(outcome(archive.substr(0, 700), any).code(), Code::invalid_argument);
    EXPECT_EQ(outcome("", any).code(), Code::invalid_argument);
    EXPECT_EQ(outcome(std::string(5000, 'x'), any).code(), Code::invalid_argument);
    EXPECT_EQ(outcome(archive.substr(0, 1024) + archive, any).code(), Code::invalid_argument);
    const std::string at = folder.path().string();
    ASSERT_EQ(std::system(("ln -s /etc/passwd " + at + "/link && tar -cf " + at + "/l.tar -C " +
                           at + " link")
                              .c_str()),
              0);
    EXPECT_NE(outcome(read_from(folder.path() / "l.tar"), any).message().find("'link' is no file"),
              std::string::npos);
}

TEST(TarTest, AFileThatHasChangedEndsTheArchive) {
    const TestFolder folder;
    write_to(folder.path() / "a", "12345");
    const auto packs = [&folder](const std::string& name, std::uint64_t bytes) {
        std::vector<TarWriter::File> one;
        one.push_back({folder.path() / name, name, bytes});
        return TarWriter(std::move(one)).next().ok();
    };
    EXPECT_FALSE(packs("a", 6));
    EXPECT_FALSE(packs("none", 1));
    EXPECT_TRUE(packs("a", 5));
}

}  // namespace
}  // namespace lectern::server
