#include "passages/outline.hpp"

#include <gtest/gtest.h>

#include <string>

namespace lectern::passages {
namespace {

// "1:# A" for a heading of level one, "0:text" for a paragraph.
std::vector<std::string> parts(std::string_view text) {
    std::vector<std::string> out;
    for (const Part& part : outline(text))
        out.push_back(std::to_string(part.level) + ":" + std::string(piece(text, part.range)));
    return out;
}

using Parts = std::vector<std::string>;

TEST(Outline, MarkdownHeadings) {
    EXPECT_EQ(parts("# A\nx\ny\n## B\n\nz\n"), (Parts{"1:# A", "0:x\ny", "2:## B", "0:z"}));
    EXPECT_EQ(parts("A\n===\nx\n\nB\n---\ny"), (Parts{"1:A\n===", "0:x", "2:B\n---", "0:y"}));
    EXPECT_EQ(parts("#hashtag is no heading."), (Parts{"0:#hashtag is no heading."}));
}

TEST(Outline, HeadingsOfReStructuredText) {
    EXPECT_EQ(parts("=====\nA b c\n=====\n\nx\n\nB\n~~~~\ny"),
              (Parts{"1:=====\nA b c\n=====", "0:x", "3:B\n~~~~", "0:y"}));
    EXPECT_EQ(parts("Longer\n~~~~\n# no\n~~~~\n\n# Yes"),
              (Parts{"0:Longer\n~~~~\n# no\n~~~~", "1:# Yes"}))
        << "a code fence of Markdown";
    EXPECT_EQ(parts(".. note:: x\n\n.. cpp:function:: int f(int)\n\nIt is f."),
              (Parts{"0:.. note:: x", "4:.. cpp:function:: int f(int)", "0:It is f."}));
    EXPECT_EQ(described(".. option:: --port N"), "--port N");
    EXPECT_EQ(described(".. versionadded:: 3.1"), "");
}

TEST(Outline, CodeHasNoHeadings) {
    EXPECT_EQ(parts("```\n# not\n\nNor This\n```\n\n# A"),
              (Parts{"0:```\n# not", "0:Nor This\n```", "1:# A"}));
    EXPECT_EQ(parts("````\n```\n# not\n```\n````\n\n# A"),
              (Parts{"0:````\n```\n# not\n```\n````", "1:# A"}))
        << "within a longer fence";
    EXPECT_EQ(parts("```x``` is code\n\n# A\n\nb"), (Parts{"0:```x``` is code", "1:# A", "0:b"}));
}

TEST(Outline, PlainHeadingsStandAlone) {
    EXPECT_EQ(parts("Definition\r\n\r\nIt is a number.\r\n"),
              (Parts{"2:Definition", "0:It is a number."}));
    EXPECT_EQ(parts("Definition\nIt is a number."), (Parts{"0:Definition\nIt is a number."}));
    EXPECT_EQ(parts("历史\n\n词向量很有用。"), (Parts{"2:历史", "0:词向量很有用。"}));
}

TEST(Outline, WhatLooksLikeAHeading) {
    for (const char* line :
         {"Results and uses", "3 Methods", "Über uns", "BM25", "Part 1: The sea"})
        EXPECT_TRUE(looks_like_heading(line)) << line;
    for (const char* line :
         {"", "It works.", "and so on", "- item", "| a | b", "1,024", "Note:", "Is it?",
          "Default: 30", "One two three four five six seven eight nine ten eleven twelve thirteen"})
        EXPECT_FALSE(looks_like_heading(line)) << line;
}

}  // namespace
}  // namespace lectern::passages
