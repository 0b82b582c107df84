#include "documents/front_matter.hpp"

#include <gtest/gtest.h>

namespace lectern::documents {
namespace {

TEST(FrontMatter, TheTitleIsWhatItsLanguageReads) {
    struct {
        const char* what;
        std::string text;
        const char* title;
    } const cases[] = {
        {"plain", "---\ndate: 2020\ntitle: On GPT\n---\nx", "On GPT"},
        {"quoted", "---\ntitle: \"The \\\"Heron\\\" manual\"\n---\n", "The \"Heron\" manual"},
        {"single quotes", "---\ntitle: 'The keeper''s log'\n---\n", "The keeper's log"},
        {"a comment", "---\ntitle: Tide tables # yearly\n---\n", "Tide tables"},
        {"folded", "---\ntitle: >\n  The harbour\n  of Visby\nx: 1\n---\n", "The harbour of Visby"},
        {"folded, stripped", "---\ntitle: >-\n  The harbour\n  of Visby\n---\n",
         "The harbour of Visby"},
        {"literal", "---\ntitle: |\n  The harbour\n  of Visby\n---\n", "The harbour of Visby"},
        {"over lines", "---\ntitle: The harbour\n  of Visby\n---\n", "The harbour of Visby"},
        {"a large letter", "---\nTitle: Tides\n---\n", "Tides"},
        {"of a flow map", "---\n{title: Tides, date: 2020}\n---\n", "Tides"},
        {"dots at the end", "---\ntitle: Tides\n...\n", "Tides"},
        {"another key's title", "---\nauthor:\n  title: Dr\n---\n", ""},
        {"a colon, which YAML refuses", "---\ntitle: Tides: a guide\n---\n", "Tides: a guide"},
        {"a number", "---\ntitle: 1984\n---\n", "1984"},
        {"no text", "---\ntitle: [a, b]\n---\n", ""},
        {"CR LF", "---\r\ntitle: Tides\r\n---\r\n", "Tides"},
        {"CR alone", "---\rtitle: Tides\r---\rx", "Tides"},
        {"TOML", "+++\ntitle = \"Tides \\u00e9\"\ndate = 2020-01-01\n+++\n", "Tides é"},
        {"TOML with a literal", "+++\ntitle = 'C:\\tides'\n+++\n", "C:\\tides"},
        {"TOML over lines", "+++\ntitle = \"\"\"\nThe\nharbour\"\"\"\n+++\n", "The harbour"},
        {"broken TOML", "+++\ntitle = \"Tides\"\nx = \n+++\n", "Tides"},
    };
    for (const auto& c : cases) {
        const FrontMatter found = front_matter(c.text);
        EXPECT_EQ(found.title, c.title) << c.what;
        EXPECT_GT(found.size, 0U) << c.what;
    }
}

TEST(FrontMatter, RulesAreNone) {
    for (const char* text :
         {"---\ntitle: none\n", "x\n---\ntitle: x\n---\n", "----\na\n----\n", "", "---", "+++\n"}) {
        EXPECT_EQ(front_matter(text).size, 0U) << text;
    }
    EXPECT_EQ(front_matter("---\n" + std::string(100000, 'x') + "\n---\n").size, 0U);
}

TEST(FrontMatter, DeepNestingIsRefusedByTheLibrary) {
    EXPECT_EQ(front_matter("---\nx: " + std::string(20000, '[') + "\n---\n").title, "");
    EXPECT_EQ(front_matter("+++\nx = " + std::string(20000, '[') + "\n+++\n").title, "");
}

}  // namespace
}  // namespace lectern::documents
