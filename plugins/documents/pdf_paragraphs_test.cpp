#include "documents/pdf_paragraphs.hpp"

#include <gtest/gtest.h>

namespace lectern::documents {
namespace {

// A page of lines, as high as they are apart; an empty line begins a flow.
PdfLayout layout_of(std::string_view text) {
    PdfLayout out;
    out.pages.emplace_back();
    unsigned flow = 1;
    double top = 100;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find_first_of("\n\f"), text.size());
        const std::string line(text.substr(0, end));
        const bool page = end < text.size() && text[end] == '\f';
        text.remove_prefix(std::min(end + 1, text.size()));
        top += 12;
        if (line.empty())
            ++flow;
        else
            out.pages.back().push_back(
                {{50, top, 50 + 5.0 * static_cast<double>(line.size()), top + 10},
                 line,
                 flow,
                 flow});
        if (page) out.pages.emplace_back();
    }
    return out;
}

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
    for (const auto& c : cases) EXPECT_EQ(pdf_paragraphs(layout_of(c.lines)), c.text) << c.what;
}

TEST(PdfParagraphs, HyphensAtTheEndOfALine) {
    struct {
        const char* what;
        const char* lines;
        const char* text;
    } const cases[] = {
        {"the word's own", "This is kept because it is a long-\nterm investment.",
         "This is kept because it is a long-term investment."},
        {"between digits", "The report is on all of the years 2019-\n2020 and on no other.",
         "The report is on all of the years 2019-2020 and on no other."},
        {"a dash between digits", "The report is on all of the years 2019–\n2020 and on no other.",
         "The report is on all of the years 2019–2020 and on no other."},
        {"put in, as the word stands elsewhere",
         "All information is in the book. More informa-\ntion is in the other one.",
         "All information is in the book. More information is in the other one."},
        {"put in, before a mark", "The harbour is open. It is the oldest har-\nbour, they say.",
         "The harbour is open. It is the oldest harbour, they say."},
        {"of letters and digits", "It can be seen on a large picture of COVID-\n19 in the hall.",
         "It can be seen on a large picture of COVID-19 in the hall."},
        {"a dash between words", "It can be seen on a large picture, well -\nperhaps in the hall.",
         "It can be seen on a large picture, well - perhaps in the hall."},
        {"a soft one", "It can be seen on a large picture in the informa\u00AD\ntion hall.",
         "It can be seen on a large picture in the information hall."},
        {"Chinese",
         "港口在夜间关闭港口在夜间关闭港口在夜间关闭港口在夜间关闭港口在夜间关闭港口\n在夜间关闭。",
         "港口在夜间关闭港口在夜间关闭港口在夜间关闭港口在夜间关闭港口在夜间关闭港口在夜间关闭。"},
    };
    for (const auto& c : cases) EXPECT_EQ(pdf_paragraphs(layout_of(c.lines)), c.text) << c.what;
}

TEST(PdfParagraphs, Pages) {
    const auto page = [](const std::string& text) {
        return PdfPage{{{10, 10, 200, 20}, text, 0, 0}};
    };
    std::vector<Place> places;
    const std::string text =
        pdf_paragraphs({"", {page("One page."), {}, page("Another one.")}}, &places);
    EXPECT_EQ(text, "One page.\n\nAnother one.");
    ASSERT_EQ(places.size(), 2U);
    EXPECT_EQ(places[0], (Place{.kind = LECTERN_PLACE_PAGE, .number = 1, .begin = 0}));
    EXPECT_EQ(places[1], (Place{.kind = LECTERN_PLACE_PAGE, .number = 3, .begin = 11}));
}

}  // namespace
}  // namespace lectern::documents
