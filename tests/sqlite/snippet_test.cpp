// Pieces of text for people.
#include "bindings/sqlite/snippet.hpp"

#include <gtest/gtest.h>

namespace lectern::sqlite {
namespace {

TEST(Snippet, ShowsTheWordsOfTheQueryAndWhatStandsAroundThem) {
    struct Case {
        const char* text;
        const char* query;
        std::size_t words;
        const char* wanted;
    };
    const Case cases[] = {
        {"", "moon", 5, ""},
        {"  \n ", "moon", 5, ""},
        {"The moon.", "moon", 5, "The [moon]."},
        {"The moon.", "", 5, "The moon."},
        {"The (Moon), again: MOON!", "moon", 9, "The ([Moon]), again: [MOON]!"},
        {"one two three four five six", "five", 2, "~four [five]~"},
        {"one two three four five six", "nothing", 2, "one two~"},
        {"one two three four five six", "two six five", 2, "~[five] [six]"},
        {"one\n\ntwo   three", "three", 3, "one\n\ntwo   [three]"},
        {"Größe ÜBER straße", "größe über STRASSE", 3, "[Größe] [ÜBER] straße"},
        {"ЁЛКА Елка Ωμέγα", "ёлка елка ωμέγα", 3, "[ЁЛКА] [Елка] [Ωμέγα]"},
        {"-- moon --", "-- moon", 3, "-- [moon] --"},
        {"the moon of moons", "moo*", 4, "the [moon] of [moons]"},
        {"the moon * sea", "* sea", 4, "the moon * [sea]"},
        {"the old moon and the sea", "\"old moon\" sea", 6, "the [old] [moon] and the [sea]"},
        {"the old moon and the sea", "moon -sea", 6, "the old [moon] and the sea"},
        {"the old moon and the sea", "sea -\"old moon\" and", 6, "the old moon [and] the [sea]"},
        {"the old moon and the sea", "and -mo* -sea", 6, "the old moon [and] the sea"},
        {"a sea-moon and 5 old", "sea-moon -5 - old -\"", 5, "a [sea-moon] and [5] [old]"},
        {"moon", "-", 1, "moon"},
        {"moon 5\" sea", "5\" sea", 3, "moon [5]\" [sea]"},
    };
    for (const Case& one : cases)
        EXPECT_EQ(snippet_of(one.text, one.query, {"[", "]", "~", one.words}), one.wanted)
            << one.text;
}

TEST(Snippet, MakesLettersSmallWhereTheirLengthStays) {
    EXPECT_EQ(small_letters("ABCxyz09"), "abcxyz09");
    EXPECT_EQ(small_letters("ÀÖØÞ×ß÷ÿ"), "àöøþ×ß÷ÿ");
    EXPECT_EQ(small_letters("ĀāĶķĹĺŽžŊŷ"), "āāķķĺĺžžŋŷ");
    EXPECT_EQ(small_letters("ΑΩαω АЯая ЀЏЁ"), "αωαω аяая ѐџё");
    EXPECT_EQ(small_letters("日本\xF0\x9F\x8C\x99"), "日本\xF0\x9F\x8C\x99");
    EXPECT_EQ(small_letters("\xC3"), "\xC3");  // cut off
}

}  // namespace
}  // namespace lectern::sqlite
