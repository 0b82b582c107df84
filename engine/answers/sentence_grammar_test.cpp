#include "engine/answers/sentence_grammar.hpp"

#include <gtest/gtest.h>

namespace lectern {
namespace {

TEST(SentenceGrammar, WordsOfQuestionAndEvidenceAroundTheAnswer) {
    const std::string grammar =
        sentence_grammar("Who planned the \"harbour\"?", "The harbour was planned by Ole\n Brandt.",
                         "Ole\n Brandt", {});
    EXPECT_TRUE(grammar.starts_with(
        "root ::= ( \"Ole Brandt\" | first ( \" \" word ){0,12} \" \" \"Ole Brandt\" ) "
        "( \" \" word ){0,6} \".\"\n"))
        << grammar;
    EXPECT_NE(grammar.find("word ::= \"planned\" | \"the\" | \"harbour\""), std::string::npos)
        << grammar;
    EXPECT_NE(grammar.find("first ::= \"Planned\" | \"The\" | \"Harbour\""), std::string::npos);
    EXPECT_EQ(grammar.find("Who"), std::string::npos);  // a question word answers nothing
}

TEST(SentenceGrammar, OneOfTheFrames) {
    const std::vector<Frame> frames{{"it was built in", ""}, {"", "saw it"}};
    EXPECT_EQ(sentence_grammar("When?", "In 1874 it was built.", "1874", frames),
              "root ::= \"It was built in 1874.\" | \"1874 saw it.\"\n");
}

TEST(SentenceGrammar, WhatCannotBeWrittenSo) {
    EXPECT_EQ(sentence_grammar("Who is it?", "It is a [1] of many things.", "a [1]", {}), "");
    EXPECT_EQ(sentence_grammar("Who is it?", "It is a <b> of many things.", "a <b>", {}), "");
    EXPECT_EQ(sentence_grammar("Who is it?", "It is \x01 of many things.", "\x01", {}), "");
    EXPECT_EQ(sentence_grammar("Who is it?", "It is \xFF of many things.", "many", {}), "");
    EXPECT_EQ(sentence_grammar("Who is it?", "It is a thing.", " . ", {}), "");
    EXPECT_EQ(
        sentence_grammar("Wann erschien BERT?", "BERT erschien im Oktober 2018 und wurde bekannt.",
                         "Oktober 2018", {}),
        "");
    EXPECT_EQ(sentence_grammar("为什么？", "中文的词与词之间没有空格。", "没有空格", {}), "");
    // What ends a terminal is written so that it does not.
    EXPECT_NE(sentence_grammar("What is it?", "It is a \"C:\\dir\" of many things.", "C:\\dir", {})
                  .find("\"C:\\\\dir\""),
              std::string::npos);
}

}  // namespace
}  // namespace lectern
