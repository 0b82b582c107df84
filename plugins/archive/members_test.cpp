#include "archive/members.hpp"

#include <archive.h>
#include <archive_entry.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "lectern/plugin.hpp"

namespace lectern::archive {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using Files = std::vector<std::pair<std::string, std::string>>;

struct Kind {
    const char* name;  // of a file of this kind
    int (*format)(struct archive*);
    int (*filter)(struct archive*);
};

int no_filter(struct archive* writer) {
    return archive_write_add_filter_none(writer);
}

// An archive as other programs write it. A name that ends with '/' is a folder, text that begins
// with "->" a link.
std::string packed(const Kind& kind, const Files& files, const char* password = nullptr) {
    struct Free {
        void operator()(struct archive* writer) const noexcept { archive_write_free(writer); }
    };
    const std::unique_ptr<struct archive, Free> writer(archive_write_new());
    kind.format(writer.get());
    kind.filter(writer.get());
    if (password != nullptr) {
        archive_write_set_options(writer.get(), "zip:encryption=traditional");
        archive_write_set_passphrase(writer.get(), password);
    }
    archive_write_set_bytes_in_last_block(writer.get(), 1);
    std::string out(std::size_t{1} << 22, '\0');
    std::size_t used = 0;
    EXPECT_EQ(archive_write_open_memory(writer.get(), out.data(), out.size(), &used), ARCHIVE_OK)
        << archive_error_string(writer.get());
    for (const auto& [name, text] : files) {
        archive_entry* const entry = archive_entry_new();
        archive_entry_set_pathname(entry, name.c_str());
        archive_entry_set_perm(entry, 0644);
        const bool link = text.starts_with("->");
        archive_entry_set_filetype(entry, name.ends_with('/') ? AE_IFDIR
                                          : link              ? AE_IFLNK
                                                              : AE_IFREG);
        if (link) archive_entry_set_symlink(entry, text.c_str() + 2);
        archive_entry_set_size(entry, link ? 0 : static_cast<la_int64_t>(text.size()));
        // In the locale "C" it warns of names with other letters, and writes them.
        EXPECT_GE(archive_write_header(writer.get(), entry), ARCHIVE_WARN)
            << archive_error_string(writer.get());
        if (!link) archive_write_data(writer.get(), text.data(), text.size());
        archive_entry_free(entry);
    }
    archive_write_close(writer.get());
    out.resize(used);
    return out;
}

constexpr Kind zip{"a.zip", &archive_write_set_format_zip, &no_filter};
constexpr Kind tar{"a.tar", &archive_write_set_format_pax_restricted, &no_filter};
constexpr Kind kinds[] = {
    zip,
    tar,
    {"a.tar.gz", &archive_write_set_format_pax_restricted, &archive_write_add_filter_gzip},
    {"a.tbz2", &archive_write_set_format_ustar, &archive_write_add_filter_bzip2},
    {"a.tar.xz", &archive_write_set_format_gnutar, &archive_write_add_filter_xz},
    {"a.tar.zst", &archive_write_set_format_pax_restricted, &archive_write_add_filter_zstd},
};
constexpr Kind singles[] = {
    {"notes.txt.gz", &archive_write_set_format_raw, &archive_write_add_filter_gzip},
    {"notes.txt.bz2", &archive_write_set_format_raw, &archive_write_add_filter_bzip2},
    {"notes.txt.xz", &archive_write_set_format_raw, &archive_write_add_filter_xz},
    {"notes.txt.zst", &archive_write_set_format_raw, &archive_write_add_filter_zstd},
};

struct Read {
    std::vector<std::string> files;  // "path: text"
    std::vector<std::string> failed;
    std::string error;
};

Read read(std::string_view bytes, std::string_view name, const MemberLimits& limits = {}) {
    Read out;
    try {
        read_members(bytes, name, limits,
                     {[&](const std::string& path, std::string_view text) {
                          out.files.push_back(path + ": " + std::string(text.substr(0, 40)));
                      },
                      [&](const std::string& path, const std::string& why) {
                          out.failed.push_back(path + ": " + why);
                      }});
    } catch (const plugin::Failure& failure) {
        out.error = failure.what();
    }
    return out;
}

TEST(Members, OfEveryKindInTheirOrder) {
    const Files files{{"docs/", ""},           {"docs/tides.md", "The moon."},
                      {"bread.txt", "Yeast."}, {"docs/link.txt", "->tides.md"},
                      {".hidden", "secret"},   {"../outside.txt", "no"},
                      {"empty.txt", ""},       {"Häfen.txt", "Quay."}};
    for (const Kind& kind : kinds) {
        const std::string bytes = packed(kind, files);
        const Read found = read(bytes, kind.name);
        EXPECT_THAT(found.files, ElementsAre("docs/tides.md: The moon.", "bread.txt: Yeast.",
                                             "empty.txt: ", "Häfen.txt: Quay."))
            << kind.name;
        EXPECT_THAT(found.failed,
                    ElementsAre(HasSubstr("../outside.txt: its path leads out of the archive")))
            << kind.name;
        EXPECT_EQ(found.error, "") << kind.name;
        const std::string_view head = std::string_view(bytes).substr(0, 4096);
        EXPECT_EQ(archive_fits(kind.name, ""), 100U) << kind.name;
        EXPECT_EQ(archive_fits("a.unknown", head), 50U) << kind.name;
    }
}

// Letters that do not pack to nothing.
std::string large_text() {
    std::string out;
    std::uint32_t state = 1;
    while (out.size() < 200'000) {
        state = state * 1664525U + 1013904223U;
        out += static_cast<char>('a' + (state >> 24U) % 26);
    }
    return out;
}

TEST(Members, LongPathsAndLargeFilesOfEveryKind) {
    const std::string folder(60, 'd');
    const std::string path = folder + "/" + folder + "/notes.txt";
    const std::string large = large_text();
    for (const Kind& kind : kinds) {
        const Read found = read(packed(kind, {{path, large}, {"b.txt", "Quay."}}), kind.name);
        EXPECT_THAT(found.files, ElementsAre(path + ": " + large.substr(0, 40), "b.txt: Quay."))
            << kind.name;
        EXPECT_THAT(found.failed, IsEmpty()) << kind.name;
        EXPECT_EQ(found.error, "") << kind.name;
    }
}

TEST(Members, AFileAloneOfEveryKind) {
    for (const Kind& kind : kinds) {
        const Read found = read(packed(kind, {{"boats/only.txt", "Heron."}}), kind.name);
        EXPECT_THAT(found.files, ElementsAre("boats/only.txt: Heron.")) << kind.name;
        EXPECT_EQ(found.error, "") << kind.name;
    }
}

TEST(Members, NamesOfZipArchives) {
    const Files files{{"H\u00E4fen/\u65E5\u672C.txt", "Quay."}};
    // Marked as UTF-8, as most programs do: bit 11 of the flags, in both heads of the file.
    std::string marked = packed(zip, files);
    for (const auto& [head, flags] : {std::pair("PK\x03\x04", 6U), std::pair("PK\x01\x02", 8U)}) {
        const std::size_t at = marked.find(head);
        ASSERT_NE(at, std::string::npos);
        marked[at + flags + 1] |= 0x08;
    }
    EXPECT_THAT(read(marked, "a.zip").files, ElementsAre("H\u00E4fen/\u65E5\u672C.txt: Quay."));
    EXPECT_THAT(read(packed(zip, files), "a.zip").files,
                ElementsAre("H\u00E4fen/\u65E5\u672C.txt: Quay."));
    EXPECT_THAT(read(packed(zip, {{"h\x84"
                                   "fen.txt",
                                   "Quay."}}),
                     "a.zip")
                    .files,
                ElementsAre("h\u00E4fen.txt: Quay."));
}

TEST(Members, AFilePackedAlone) {
    for (const Kind& kind : singles) {
        const std::string bytes = packed(kind, {{"data", "Yeast makes dough rise."}});
        EXPECT_THAT(read(bytes, kind.name).files, ElementsAre("notes.txt: Yeast makes dough rise."))
            << kind.name;
        EXPECT_EQ(read("not packed at all", kind.name).error,
                  "the file is not what its name says: neither gzip, bzip2, xz nor Zstandard")
            << kind.name;
    }
    // It is called as the packed one is, without the last ending, whatever folder that is in.
    const std::string large = large_text();
    for (const Kind& kind : singles) {
        const std::string name = kind.name;
        const std::string ending = name.substr(name.rfind('.'));
        EXPECT_THAT(read(packed(kind, {{"data", large}}), "boats/prices.2024.csv" + ending).files,
                    ElementsAre("prices.2024.csv: " + large.substr(0, 40)))
            << name;
    }
    // A tar archive is none, for all its name.
    EXPECT_THAT(read(packed(kinds[2], {{"a.txt", "one"}}), "x.gz").files,
                ElementsAre("a.txt: one"));
}

TEST(Members, WhatCannotBeRead) {
    const std::string whole =
        packed(tar, {{"a.txt", "one"}, {"b.txt", std::string(5000, 'b')}, {"c.txt", "three"}});
    EXPECT_THAT(read("", "a.zip").error, HasSubstr("the file is empty"));
    EXPECT_THAT(read("Hello, this is no archive.", "a.zip").error,
                HasSubstr("neither a ZIP nor a tar archive, or a broken one"));
    EXPECT_THAT(read(packed(zip, {}), "a.zip").error, HasSubstr("holds no files"));
    EXPECT_THAT(read(packed(zip, {{"docs/", ""}}), "a.zip").error, HasSubstr("holds no files"));
    // Cut off: what came before is there.
    const Read cut = read(whole.substr(0, 2500), "a.tar");
    EXPECT_THAT(cut.files, ElementsAre("a.txt: one"));
    EXPECT_THAT(cut.error, HasSubstr("broken or cut off behind its first 1 files"));
    // A bit of a packed file is another: the others are there.
    const std::string zipped = packed(
        zip, {{"a.txt", "one"}, {"b.txt", std::string(3000, 'b') + "end"}, {"c.txt", "two"}});
    const std::size_t second = zipped.find("PK\x03\x04", 4);
    for (const std::size_t behind : {2U, 3U, 5U}) {
        std::string other = zipped;
        const auto size = [&](std::size_t at) {
            return static_cast<std::size_t>(static_cast<unsigned char>(other[second + at]));
        };
        other[second + 30 + size(26) + size(28) + behind] ^= 0x55;
        const Read damaged = read(other, "a.zip");
        EXPECT_THAT(damaged.files, ElementsAre("a.txt: one", "c.txt: two")) << behind;
        EXPECT_THAT(damaged.failed, ElementsAre(HasSubstr("b.txt: it is broken"))) << behind;
        EXPECT_EQ(damaged.error, "") << behind;
    }
}

TEST(Members, Encrypted) {
    const Read found = read(packed(zip, {{"a.txt", "secret"}}, "password"), "a.zip");
    EXPECT_THAT(found.files, IsEmpty());
    EXPECT_THAT(found.failed, ElementsAre("a.txt: it is encrypted with a password"));
    EXPECT_THAT(found.error, HasSubstr("the archive is encrypted with a password; unpack it"));
}

TEST(Members, Limits) {
    const std::string zeros(std::size_t{1} << 20, '\0');
    const Kind& packed_tar = kinds[2];
    const std::string bytes =
        packed(packed_tar, {{"a.txt", "one"}, {"b.txt", zeros}, {"c.txt", "three"}});

    MemberLimits one;
    one.member_bytes = 1000;
    const Read large = read(bytes, "a.tgz", one);
    EXPECT_THAT(large.files, ElementsAre("a.txt: one", "c.txt: three"));
    EXPECT_THAT(large.failed, ElementsAre("b.txt: it unpacks to more than 0 MiB"));

    MemberLimits all;
    all.all_bytes = 100'000;
    EXPECT_THAT(read(bytes, "a.tgz", all).error, HasSubstr("the archive unpacks to more than"));
    all.member_bytes = 1000;
    EXPECT_THAT(read(bytes, "a.tgz", all).error, HasSubstr("the archive unpacks to more than"));

    MemberLimits many;
    many.members = 2;
    EXPECT_THAT(read(bytes, "a.tgz", many).error, HasSubstr("more than 2 members"));

    MemberLimits ratio;
    ratio.ratio = 100;
    ratio.ratio_from = 10'000;
    EXPECT_THAT(read(bytes, "a.tgz", ratio).error, HasSubstr("more than 100 times its size"));

    MemberLimits stopped;
    stopped.cancelled = [] { return true; };
    EXPECT_EQ(read(bytes, "a.tgz", stopped).error, "cancelled");
}

TEST(ArchiveFits, NamesAndBytes) {
    const std::string plain = packed(zip, {{"docs/report.docx", "[Content_Types].xml"}});
    const std::string office = packed(zip, {{"[Content_Types].xml", "<a/>"}});
    EXPECT_EQ(archive_fits("a.ZIP", plain), 100U) << "an office file within it is none itself";
    EXPECT_EQ(archive_fits("a.zip", office), 60U) << "office files by their looks have 70";
    EXPECT_EQ(archive_fits("-", plain), 50U);
    EXPECT_EQ(archive_fits("a.txt", "Hello"), 0U);
    EXPECT_EQ(archive_fits("", ""), 0U);
}

}  // namespace
}  // namespace lectern::archive
