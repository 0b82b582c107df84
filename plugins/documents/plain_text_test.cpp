#include "documents/plain_text.hpp"

#include <gtest/gtest.h>

namespace lectern::documents {
namespace {

TEST(PlainText, TitleOfAText) {
    struct {
        const char* what;
        std::string text;
        const char* title;
    } const cases[] = {
        {"a heading", "# BERT\n\nBERT reads.", "BERT"},
        {"a heading with closing marks", "# BERT ##\n", "BERT"},
        {"a later heading wins over the first line", "<!-- x -->\n\n# BERT\n", "BERT"},
        {"deeper headings are no titles", "## Input\n\nText.", "Input"},
        {"a comment in code is no heading", "Shell\n```\n# not this\n```\n# Title\n", "Title"},
        {"a comment in indented code", "Shell\n\n    # not this\n\nText.", "Shell"},
        {"an underlined heading", "x\n\nBERT\n====\n\n    # no\n\n# Later\n", "BERT"},
        {"one with a line above", ".. _bert:\n\n----\nBERT\n----\n\nText.", "BERT"},
        {"one of reStructuredText", "BERT\n~~~~\n\nText.\n\n# No\n", "BERT"},
        {"one of level two", "Input\n-----\n\n# Title\n", "Title"},
        {"labels are no titles", ".. _topics:\n\nFirst steps.\n", "First steps."},
        {"the first line", "\n\n  Perplexity  \r\nmeasures", "Perplexity"},
        {"a long first line", std::string(121, 'x') + "\nshort", "notes.txt"},
        {"characters are counted, not bytes", std::string("Ü") + std::string(119, 'x'),
         "Üxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
         "x"
         "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"},
        {"front matter", "---\ndate: 2020\ntitle: \"On GPT\"\n---\n# Other\n", "On GPT"},
        {"front matter without a title", "---\ndate: 2020\n---\n# Other\n", "Other"},
        {"front matter of Hugo", "+++\ntitle = \"Tides\"\n+++\n# Other\n", "Tides"},
        {"keywords of Org are no titles", "#+INCLUDE: \"x\"\n* Tides\n", "Tides"},
        {"CR alone", "Tides\rof the year\r", "Tides"},
        {"a rule, not front matter", "---\ntitle: none\n", "title: none"},
        {"nothing", "***\n", "notes.txt"},
    };
    for (const auto& c : cases) EXPECT_EQ(title_of(c.text, "folder/notes.txt"), c.title) << c.what;
}

}  // namespace
}  // namespace lectern::documents
