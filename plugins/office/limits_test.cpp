// Files that are broken, are not what they say, or are made to do harm.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "office/fits.hpp"
#include "office/test_files.hpp"

namespace lectern::office {
namespace {

using namespace std::string_view_literals;
using testing::HasSubstr;

std::string word(const std::string& document) {
    return zipped({{"_rels/.rels", relations({{"a", "officeDocument", "word/document.xml"}})},
                   {"word/document.xml", document}});
}

std::string repeated(std::string_view piece, std::size_t times) {
    std::string out;
    for (std::size_t i = 0; i < times; ++i) out += piece;
    return out;
}

TEST(OfficeLimits, RefusalsSayWhy) {
    const std::string good = word("<d><body><p><r><t>x</t></r></p></body></d>");
    struct {
        const char* what;
        std::string bytes;
        lectern_code code;
        const char* message;
    } const cases[] = {
        {"empty", "", LECTERN_INVALID_ARGUMENT, "the file is empty"},
        {"something else", "plain text", LECTERN_INVALID_ARGUMENT, "not what its name says"},
        {"cut off", good.substr(0, good.size() / 2), LECTERN_INVALID_ARGUMENT, "broken or cut off"},
        {"another archive", zipped({{"a.txt", "x"}}), LECTERN_UNSUPPORTED, "no office document"},
        {"of before 2007", "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1...", LECTERN_UNSUPPORTED,
         "before 2007"},
        {"of Outlook",
         "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1" +
             std::string("_\0_\0s\0u\0b\0s\0t\0g\0001\0.\0000\0_\0"sv),
         LECTERN_UNSUPPORTED, "save it as .eml"},
        {"encrypted",
         std::string("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1") +
             std::string("E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0"sv),
         LECTERN_INVALID_ARGUMENT, "encrypted with a password"},
        {"encrypted OpenDocument",
         zipped({{"mimetype", "application/vnd.oasis.opendocument.text"},
                 {"META-INF/manifest.xml", "<m><encryption-data/></m>"},
                 {"content.xml", "x"}}),
         LECTERN_INVALID_ARGUMENT, "encrypted with a password"},
        {"no XML", word("<d><body>"), LECTERN_INVALID_ARGUMENT, "is no XML"},
        {"no text", word("<d><body/></d>"), LECTERN_INVALID_ARGUMENT, "no text"},
        {"nested deeply", word(repeated("<p>", 100000) + repeated("</p>", 100000)),
         LECTERN_RESOURCE_EXHAUSTED, "nested deeper than"},
        {"OpenDocument nested deeply",
         zipped({{"mimetype", "application/vnd.oasis.opendocument.text"},
                 {"content.xml", "<d><body><text>" + repeated("<section>", 100000) + "<p>x</p>" +
                                     repeated("</section>", 100000) + "</text></body></d>"}}),
         LECTERN_RESOURCE_EXHAUSTED, "nested deeper than"},
        {"many elements", word("<d>" + repeated("<p/>", 1700000) + "</d>"),
         LECTERN_RESOURCE_EXHAUSTED, "elements; split the document"},
    };
    for (const auto& c : cases) {
        const auto [code, message] = refusal(c.bytes);
        EXPECT_EQ(code, c.code) << c.what;
        EXPECT_THAT(message, HasSubstr(c.message)) << c.what;
    }
}

TEST(OfficeLimits, WhatUnpacksToTooMuchIsRefused) {
    const std::string bomb = word("<d>" + std::string(std::size_t{3} << 20, ' ') + "</d>");
    EXPECT_LT(bomb.size(), 20000U);
    OfficeLimits limits;
    limits.archive.part_bytes = std::size_t{2} << 20;
    const auto [code, message] = refusal(bomb, limits);
    EXPECT_EQ(code, LECTERN_RESOURCE_EXHAUSTED);
    EXPECT_THAT(message, HasSubstr("unpacks to more than 2 MiB"));
}

TEST(OfficeLimits, EntitiesOfADocumentAreNotExpanded) {
    const std::string laughs = word(
        "<!DOCTYPE d [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;\"><!ENTITY f SYSTEM "
        "\"/etc/passwd\">]>"
        "<d><body><p><r><t>x &b; &f; &amp;</t></r></p></body></d>");
    EXPECT_EQ(read_office(laughs).text, "x &b; &f; &");
}

TEST(OfficeLimits, CharactersThatAreNoneAreReplaced) {
    const std::string found =
        read_office(word("<d><body><p><r><t>a&#xD800;b\xFF</t></r></p></body></d>")).text;
    EXPECT_THAT(found, HasSubstr("\uFFFD"));
}

TEST(OfficeLimits, ByNameThenByContent) {
    struct {
        std::string_view name;
        std::string_view head;
        unsigned fit;
    } const cases[] = {
        {"a.DOCX", "", 100},
        {"a.epub", "x", 100},
        {"-", "PK\x03\x04........mimetypeapplication/epub+zip", 70},
        {"a.doc", "PK\x03\x04....[Content_Types].xml", 70},
        {"a.doc", "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 70},
        {"a.txt", "{\\rtf1", 70},
        {"a.zip", "PK\x03\x04....a.txt", 0},
        {"a.txt", "text", 0},
    };
    for (const auto& c : cases) EXPECT_EQ(office_fits(c.name, c.head), c.fit) << c.name;
}

}  // namespace
}  // namespace lectern::office
