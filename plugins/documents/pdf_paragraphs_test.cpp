#include "documents/pdf_paragraphs.hpp"

#include <gtest/gtest.h>

namespace lectern::documents {
namespace {

TEST(PdfParagraphs, LinesBecomeParagraphs) {
    struct {
        const char* what;
        const char* lines;
        const char* text;
    } const cases[] = {
        {"full lines are joined",
         "Perplexity measures how well a language\nmodel predicts a text. A low perplexity\nmeans "
         "little.\n",
         "Perplexity measures how well a language model predicts a text. A low perplexity means "
         "little."},
        {"a heading stands apart",
         "Definition\nPerplexity is two to the power of the\ncross-entropy in bits.\n",
         "Definition\n\nPerplexity is two to the power of the cross-entropy in bits."},
        {"a short line ends a paragraph",
         "Perplexity is two to the power of the\nentropy.\nPerplexity can be read as a number.\n",
         "Perplexity is two to the power of the entropy.\n\nPerplexity can be read as a number."},
        {"blank lines and page breaks", "One.\n\n\nTwo.\n\fThree.\n\f", "One.\n\nTwo.\n\nThree."},
        {"items keep their lines",
         "- The first item of this list of references\n- The second item of this list\n",
         "- The first item of this list of references\n- The second item of this list"},
        {"short lines", "Rose\nLily\nTulip\n", "Rose\n\nLily\nTulip"},
        {"nothing", "\n\f\n", ""},
    };
    for (const auto& c : cases) EXPECT_EQ(pdf_paragraphs(c.lines), c.text) << c.what;
}

}  // namespace
}  // namespace lectern::documents
