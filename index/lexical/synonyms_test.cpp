#include "index/lexical/synonyms.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lectern::index {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

std::vector<std::string> others(const Synonyms& synonyms, const std::vector<std::string>& words) {
    std::vector<std::string> out;
    const Synonyms::Match match = synonyms.match(words);
    if (match.count == 0) return out;
    for (const Synonyms::Words& other : *match.others) {
        std::string& text = out.emplace_back();
        for (const std::string& word : other) text += (text.empty() ? "" : " ") + word;
    }
    return out;
}

TEST(Synonyms, ALineOfCommasIsOneMeaning) {
    const auto read = Synonyms::parse(
        "\xEF\xBB\xBF# vehicles\r\nCar, automobile, motor vehicle\r\n\n  c#, csharp\n");
    ASSERT_TRUE(read.ok()) << read.status().message();
    EXPECT_THAT(others(*read, {"car"}), UnorderedElementsAre("automobile", "motor vehicle"));
    EXPECT_THAT(others(*read, {"motor", "vehicle", "tax"}),
                UnorderedElementsAre("car", "automobile"));
    EXPECT_THAT(others(*read, {"motor"}), ElementsAre());
    EXPECT_THAT(others(*read, {"c#"}), ElementsAre("csharp"));
}

TEST(Synonyms, AnArrowGoesOneWay) {
    const auto read = Synonyms::parse("ml, ai => machine learning\nml => markup language");
    ASSERT_TRUE(read.ok()) << read.status().message();
    EXPECT_THAT(others(*read, {"ml"}), ElementsAre("machine learning", "markup language"));
    EXPECT_THAT(others(*read, {"ai"}), ElementsAre("machine learning"));
    EXPECT_THAT(others(*read, {"machine", "learning"}), ElementsAre());
}

TEST(Synonyms, TheLongestEntryCounts) {
    const auto read = Synonyms::parse("new york, big apple\nnew, fresh");
    ASSERT_TRUE(read.ok());
    EXPECT_EQ(read->match(std::vector<std::string>{"new", "york"}).count, 2U);
    EXPECT_EQ(read->match(std::vector<std::string>{"new", "york"}).others->size(), 1U);
    EXPECT_EQ(read->match(std::vector<std::string>{"new", "house"}).count, 1U);
}

TEST(Synonyms, WhatIsWrongNamesItsLine) {
    const struct {
        std::string text;
        const char* what;
    } cases[] = {
        {"car, automobile\nlonely\n", "line 2: a line is"},
        {"a => ", "line 1: a line is"},
        {"=> b", "line 1: a line is"},
        {"\xFF", "not valid UTF-8"},
        {"a b c d e f g h i, x", "line 1: an entry has 9 words"},
    };
    for (const auto& row : cases) {
        const auto read = Synonyms::parse(row.text);
        ASSERT_FALSE(read.ok()) << row.text;
        EXPECT_THAT(read.status().message(), HasSubstr(row.what));
    }
}

TEST(Synonyms, AFileThatIsNotThereIsNotFound) {
    const auto read = Synonyms::load("/nowhere/synonyms.txt");
    EXPECT_EQ(read.status().code(), Code::not_found);
    EXPECT_THAT(read.status().message(), HasSubstr("/nowhere/synonyms.txt"));
}

}  // namespace
}  // namespace lectern::index
