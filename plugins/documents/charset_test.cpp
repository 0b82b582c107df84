#include "documents/charset.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "documents/extracted.hpp"

namespace lectern::documents {
namespace {

using namespace std::string_view_literals;
using testing::HasSubstr;

std::string read(std::string_view bytes, std::string_view transport = {},
                 std::string_view declared = {}) {
    std::string storage;
    return std::string(decode(bytes, transport, declared, storage).text);
}

TEST(Charset, Utf8IsTakenAsItIsWithoutItsMark) {
    const std::string_view file = "\xEF\xBB\xBFGrüße\r\n"sv;
    std::string storage;
    const Decoded found = decode(file, {}, {}, storage);
    EXPECT_EQ(found.text, "Grüße\r\n");
    EXPECT_EQ(found.text.data(), file.data() + 3) << "a view, not a copy";
    EXPECT_EQ(metadata_of(found), "");
}

TEST(Charset, Utf16WithAndWithoutItsMark) {
    struct {
        const char* what;
        std::string_view bytes;
        const char* text;
        const char* charset;
        bool guessed;
    } const cases[] = {
        {"little", "\xFF\xFEG\0r\0\xFC\0"sv, "Grü", "utf-16le", false},
        {"big", "\xFE\xFF\0G\0r\0\xFC"sv, "Grü", "utf-16be", false},
        {"a pair", "\xFF\xFE\x3D\xD8\x00\xDE"sv, "😀", "utf-16le", false},
        {"little without", "G\0r\0\xFC\0\xDF\0"sv, "Grüß", "utf-16le", true},
        {"big without", "\0G\0r\0\xFC\0\xDF"sv, "Grüß", "utf-16be", true},
        {"Greek and spaces", "\xB1\x03 \0\xB2\x03 \0\xB3\x03 \0\xB4\x03\n\0"sv, "α β γ δ\n",
         "utf-16le", true},
        {"half a pair", "\xFF\xFE\x3D\xD8x\0"sv, "�x", "utf-16le", false},
        {"half a character", "\xFF\xFEG\0r"sv, "G�", "utf-16le", false},
    };
    for (const auto& c : cases) {
        std::string storage;
        const Decoded found = decode(c.bytes, {}, {}, storage);
        EXPECT_EQ(found.text, c.text) << c.what;
        EXPECT_EQ(found.charset, c.charset) << c.what;
        EXPECT_EQ(found.guessed, c.guessed) << c.what;
    }
}

TEST(Charset, ALongConversionGoesThroughManyPieces) {
    std::string utf16 = "\xFF\xFE";
    std::string expected;
    for (int i = 0; i < 50000; ++i) {
        utf16 += "\x2D\x4E"sv;  // U+4E2D
        expected += "中";
    }
    EXPECT_EQ(read(utf16), expected);
}

TEST(Charset, LabelsMeanWhatBrowsersTakeThemFor) {
    struct {
        const char* labels;
        std::string_view bytes;
        const char* text;
    } const cases[] = {
        {"windows-1252 iso-8859-1 iso8859-1 iso88591 iso_8859-1 iso_8859-1:1987 l1 latin1 cp819 "
         "ibm819 csisolatin1 iso-ir-100 us-ascii ascii ansi_x3.4-1968 cp1252 x-cp1252 LATIN1",
         "caf\xE9 \x96 \x80 \x93q\x94"sv, "café – € “q”"},
        {"iso-8859-9 latin5 windows-1254", "\xF0\x9E\x80"sv, "ğ\xC2\x9E€"},
        {"iso-8859-16", "\xA4\xAA\xDE\xFE"sv, "€ȘȚț"},
        {"iso-8859-8-i logical visual csiso88598i csiso88598e hebrew", "\xF9\xEC"sv, "של"},
        {"iso-8859-6 csiso88596e csiso88596i arabic", "\xC7\xE4"sv, "ال"},
        {"windows-874 dos-874 tis-620 iso-8859-11", "\xA1\x80"sv, "ก€"},
        {"koi8-r koi koi8", "\xD0\xD2\xC9"sv, "при"},
        {"koi8-u koi8-ru", "\xAE\xA4\xBE"sv, "ўєЎ"},
        {"x-mac-cyrillic x-mac-ukrainian", "\x8F\xF0"sv, "Пр"},
        {"gbk gb2312 chinese gb_2312-80 iso-ir-58 csiso58gb231280 x-gbk gb18030",
         "\xC4\xE3\x80\x31"sv, "你"},
        {"big5 csbig5 x-x-big5 cn-big5 big5-hkscs", "\xA7\x41\xFE\xCC"sv, "你𦾟"},
        {"euc-kr cseuckr ks_c_5601-1987 korean windows-949", "\xB6\xD9\x8C\x63"sv, "뛰똠"},
        {"shift_jis sjis ms932 x-sjis windows-31j", "\x82\xA0\x87\x40"sv, "あ①"},
        {"euc-jp x-euc-jp", "\xA4\xA2"sv, "あ"},
        {"iso-2022-jp", "\x1B$B$\"\x1B(B"sv, "あ"},
        {"utf-8 utf8 unicode-1-1-utf-8", "é"sv, "é"},
        {"utf-16 utf-16le unicode", "\xE9\0"sv, "é"},
    };
    for (const auto& c : cases)
        for (std::string_view rest = c.labels; !rest.empty();) {
            const std::size_t end = std::min(rest.find(' '), rest.size());
            const std::string_view label = rest.substr(0, end);
            rest.remove_prefix(std::min(end + 1, rest.size()));
            EXPECT_THAT(read(c.bytes, label), HasSubstr(c.text)) << label;
        }
}

TEST(Charset, WhatCountsBeforeWhat) {
    struct {
        const char* what;
        std::string_view bytes;
        std::string_view transport;
        std::string_view declared;
        const char* text;
    } const cases[] = {
        {"the transport before the file", "\xD0"sv, "koi8-r", "latin1", "п"},
        {"the file before a guess", "\xD0"sv, "", "koi8-r", "п"},
        {"a mark before all", "\xEF\xBB\xBFé"sv, "koi8-r", "koi8-r", "é"},
        {"an unknown label is none", "plain"sv, "none", "klingon", "plain"},
        {"white space and case do not count", "\xD0"sv, " KOI8-R\t", "", "п"},
        {"UTF-8 that declares something else", "café"sv, "", "latin1", "café"},
        {"UTF-16 that was read to its declaration is none", "caf\xC3\xA9"sv, "", "utf-16", "café"},
    };
    for (const auto& c : cases) EXPECT_EQ(read(c.bytes, c.transport, c.declared), c.text) << c.what;
}

TEST(Charset, OneBrokenByteCostsACharacter) {
    std::string storage;
    const Decoded found = decode("Grüße\xFF und Köln"sv, {}, {}, storage);
    EXPECT_EQ(found.text, "Grüße� und Köln");
    EXPECT_FALSE(found.guessed);
    EXPECT_EQ(found.replaced, 1U);
    EXPECT_EQ(metadata_of(found), "\"replaced_characters\":1");
    EXPECT_EQ(read("plain \xE9 text"sv, "utf-8"), "plain � text");
}

TEST(Charset, WhatNothingSaysIsGuessed) {
    struct {
        const char* charset;
        std::string_view bytes;
        const char* text;
    } const cases[] = {
        {"windows-1252", "Ein Caf\xE9 in K\xF6ln \x96 f\xFCr 5 \x80."sv,
         "Ein Café in Köln – für 5 €."},
        {"windows-1252", "caf\xE9 au lait"sv, "café au lait"},
        {"windows-1251",
         "\xCF\xEE\xF0\xF2 \xE7\xE0\xEA\xF0\xFB\xF2 \xE4\xEE \xF3\xF2\xF0\xE0, "
         "\xEF\xEE\xF2\xEE\xEC\xF3 "
         "\xF7\xF2\xEE \xE2\xE5\xF2\xE5\xF0 \xF1\xE8\xEB\xFC\xED\xFB\xE9."sv,
         "Порт закрыт до утра, потому что ветер сильный."},
        {"shift_jis",
         "\x8D\x60\x82\xCD\x96\xE9\x82\xC9\x95\xC2\x82\xDC\x82\xE8\x82\xDC\x82\xB7\x81\x42\x8D\x60"
         "\x82\xCD\x96\xE9\x82\xC9\x95\xC2\x82\xDC\x82\xE8\x82\xDC\x82\xB7\x81\x42"sv,
         "港は夜に閉まります。港は夜に閉まります。"},
        // ICU is surest of an encoding in which these bytes are no text, or says hardly anything.
        {"windows-1251",
         "\xCF\xEE\xF0\xF2 \xEE\xF2\xEA\xF0\xFB\xF2 \xEA\xE0\xE6\xE4\xFB\xE9 \xE4\xE5\xED\xFC. \xCA\xEE\xF0\xE0\xE1\xEB\xFC \xF3\xF5\xEE\xE4\xE8\xF2 \xF3\xF2\xF0\xEE\xEC."sv,
         "Порт открыт каждый день. Корабль уходит утром."},
        {"koi8-r",
         "\xF0\xCF\xD2\xD4 \xCF\xD4\xCB\xD2\xD9\xD4 \xCB\xC1\xD6\xC4\xD9\xCA \xC4\xC5\xCE\xD8. \xEB\xCF\xD2\xC1\xC2\xCC\xD8 \xD5\xC8\xCF\xC4\xC9\xD4 \xD5\xD4\xD2\xCF\xCD."sv,
         "Порт открыт каждый день. Корабль уходит утром."},
        {"iso-8859-5",
         "\xBF\xDE\xE0\xE2 \xDE\xE2\xDA\xE0\xEB\xE2 \xDA\xD0\xD6\xD4\xEB\xD9 \xD4\xD5\xDD\xEC. \xBA\xDE\xE0\xD0\xD1\xDB\xEC \xE3\xE5\xDE\xD4\xD8\xE2 \xE3\xE2\xE0\xDE\xDC."sv,
         "Порт открыт каждый день. Корабль уходит утром."},
        {"iso-8859-7",
         "\xD4\xEF \xEB\xE9\xEC\xDC\xED\xE9 \xE5\xDF\xED\xE1\xE9 \xE1\xED\xEF\xE9\xF7\xF4\xFC \xEA\xDC\xE8\xE5 \xEC\xDD\xF1\xE1."sv,
         "Το λιμάνι είναι ανοιχτό κάθε μέρα."},
        {"windows-1256",
         "\xC7\xE1\xE3\xED\xE4\xC7\xC1 \xE3\xDD\xCA\xE6\xCD \xDF\xE1 \xED\xE6\xE3. \xC7\xE1\xD3\xDD\xE4 \xCA\xDB\xC7\xCF\xD1 \xDD\xED \xC7\xE1\xD5\xC8\xC7\xCD."sv,
         "الميناء مفتوح كل يوم. السفن تغادر في الصباح."},
        {"windows-1250",
         "Statki odp\xB3ywaj\xB9 rano i wracaj\xB9 wieczorem. \xAF\xF3\xB3\xE6, \xB3\xF3"
         "d\x9F, \x9Clad."sv,
         "Statki odpływają rano i wracają wieczorem. Żółć, łódź, ślad."},
        {"euc-kr",
         "\xC7\xD7\xB1\xB8\xB4\xC2 \xB8\xC5\xC0\xCF \xBF\xAD\xB7\xC1 \xC0\xD6\xBD\xC0\xB4\xCF\xB4\xD9. \xB9\xE8\xB4\xC2 \xBE\xC6\xC4\xA7\xBF\xA1 \xB6\xB0\xB3\xB3\xB4\xCF\xB4\xD9."sv,
         "항구는 매일 열려 있습니다. 배는 아침에 떠납니다."},
        {"gb18030",
         "\xB8\xDB\xBF\xDA\xC3\xBF\xCC\xEC\xBF\xAA\xB7\xC5\xA1\xA3\xB4\xAC\xD4\xDA\xD4\xE7\xC9\xCF\xB3\xF6\xB7\xA2\xA3\xAC\xCD\xED\xC9\xCF\xBB\xD8\xC0\xB4\xA1\xA3"sv,
         "港口每天开放。船在早上出发，晚上回来。"},
        {"ibm866",
         "\x8F\xAE\xE0\xE2 \xAE\xE2\xAA\xE0\xEB\xE2 \xAA\xA0\xA6\xA4\xEB\xA9 \xA4\xA5\xAD\xEC. \x8A\xAE\xE0\xA0\xA1\xAB\xEC \xE3\xE5\xAE\xA4\xA8\xE2 \xE3\xE2\xE0\xAE\xAC."sv,
         "Порт открыт каждый день. Корабль уходит утром."},
        {"windows-874",
         "\xB7\xE8\xD2\xE0\xC3\xD7\xCD\xE0\xBB\xD4\xB4\xB7\xD8\xA1\xC7\xD1\xB9 \xE0\xC3\xD7\xCD\xCD\xCD\xA1\xB5\xCD\xB9\xE0\xAA\xE9\xD2\xE1\xC5\xD0\xA1\xC5\xD1\xBA\xC1\xD2\xE3\xB9\xB5\xCD\xB9\xE0\xC2\xE7\xB9"sv,
         "ท่าเรือเปิดทุกวัน เรือออกตอนเช้าและกลับมาในตอนเย็น"},
    };
    for (const auto& c : cases) {
        std::string storage;
        const Decoded found = decode(c.bytes, {}, {}, storage);
        EXPECT_EQ(found.text, c.text);
        EXPECT_EQ(found.charset, c.charset);
        EXPECT_EQ(metadata_of(found),
                  std::string("\"charset\":\"") + c.charset + "\",\"charset_guessed\":true");
    }
}

TEST(Charset, WhatIsNoTextIsRefused) {
    const std::string packed = [] {
        std::string out;
        for (unsigned i = 0; i < 4096; ++i) out += static_cast<char>(1 + i * 37 % 255);
        return out;
    }();
    struct {
        std::string_view bytes;
        const char* message;
    } const cases[] = {
        {"ELF\0\1"sv, "looks like a binary file (NUL byte at offset 3)"},
        {"\x89PNG\r\n\x1A\n\0\0\0\rIHDR\0\0\1\0\0\0\1\0\x08\2\0\0"sv, "looks like a binary file"},
        {packed, "looks like a binary file"},
    };
    for (const auto& c : cases) {
        try {
            read(c.bytes);
            ADD_FAILURE() << c.message;
        } catch (const Failure& failure) {
            EXPECT_EQ(failure.code(), LECTERN_UNSUPPORTED);
            EXPECT_THAT(failure.what(), HasSubstr(c.message));
        }
    }
}

TEST(Charset, WhereItIsSaid) {
    EXPECT_EQ(charset_of("text/html; charset=UTF-8"), "utf-8");
    EXPECT_EQ(charset_of("text/html;charset = \"koi8-r\"; x=y"), "koi8-r");
    EXPECT_EQ(charset_of("text/html"), "");
    EXPECT_EQ(xml_declared("<?xml version=\"1.0\" encoding=\"windows-1252\"?><a/>"),
              "windows-1252");
    EXPECT_EQ(xml_declared("<?xml version='1.0' encoding = 'x'?>"), "x");
    EXPECT_EQ(xml_declared("<?xml version='1.0'?> encoding='x'"), "");
    EXPECT_EQ(xml_declared("<a encoding='x'/>"), "");
}

}  // namespace
}  // namespace lectern::documents
