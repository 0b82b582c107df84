#include <gtest/gtest.h>

#include "office/formats.hpp"
#include "office/test_files.hpp"

namespace lectern::office {
namespace {

TEST(Rtf, WhatIsRead) {
    struct {
        const char* what;
        const char* rtf;
        const char* text;
    } const cases[] = {
        {"paragraphs", R"({\rtf1\ansi a\par b {\b c}d\line e\par})", "a\n\nb cd\ne"},
        {"letters by code page", R"({\rtf1\ansi\ansicpg1251 \'cf\'ee\par})", "По"},
        {"letters by font",
         R"({\rtf1\ansi{\fonttbl{\f0\fcharset0 Arial;}{\f1\fcharset128 Gothic;}}\f0 \'e9 \f1 \'82\'a0\par})",
         "é あ"},
        {"letters by number", R"({\rtf1\uc1 \u8364 ?\u-10179 ?\u-8704 ? {\uc2\u233\'c3\'a9}x\par})",
         "€😀 éx"},
        {"marks", R"({\rtf1 \ldblquote a\rdblquote\emdash b\~c\_d \{e\}\\\par})",
         "“a”—b c-d {e}\\"},
        {"headings and items",
         R"({\rtf1\pard\outlinelevel1 A\par\pard{\listtext\tab 1.\tab}b\par{\pntext\'b7\tab}c\par})",
         "## A\n\n1. b\n- c"},
        {"tables",
         R"({\rtf1\trowd\intbl Boat\cell Price\cell\row\trowd\intbl Heron\par or Gull\cell 120\cell\row\pard x\par})",
         "Boat | Price\nHeron or Gull | 120\n\nx"},
        {"not: hidden, deleted, heads, pictures, instructions",
         R"({\rtf1{\header no\par}a{\v no}{\deleted no}{\pict 0a0b}{\field{\*\fldinst NO}{\fldrslt b}}{\*\x no}{\stylesheet{no;}}\par})",
         "ab"},
        {"footnotes and comments",
         R"({\rtf1 a{\super\chftn{\footnote\pard Note.}}{\*\annotation Why?} b\par c\par})",
         "a b\n\nFootnote: Note.\n\nComment: Why?\n\nc"},
        {"binary data", "{\\rtf1 a\\bin3 }}}b\\par}", "ab"},
        {"never closed", R"({\rtf1 a{\b b)", "ab"},
    };
    for (const auto& c : cases) EXPECT_EQ(read_office(c.rtf).text, c.text) << c.what;
}

TEST(Rtf, TitleAndAuthor) {
    const documents::Extracted found =
        read_office(R"({\rtf1{\info{\title Tides}{\author Ada}{\operator no}}a\par})");
    EXPECT_EQ(found.title, "Tides");
    EXPECT_EQ(found.metadata, "\"author\":\"Ada\"");
    EXPECT_EQ(found.text, "a");
}

TEST(Rtf, Refusals) {
    EXPECT_EQ(refusal("{\\rtf1 " + std::string(100000, '{')).first, LECTERN_RESOURCE_EXHAUSTED);
    EXPECT_EQ(refusal("{\\rtf1 }").first, LECTERN_INVALID_ARGUMENT);
}

}  // namespace
}  // namespace lectern::office
