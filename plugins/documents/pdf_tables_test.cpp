#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "documents/pdf_test_file.hpp"
#include "documents/pdf_text.hpp"

namespace lectern::documents {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string text_of(const std::vector<PdfText>& texts) {
    return pdf_text(pdf_file(texts), "pdftotext", {}).text;
}

TEST(PdfTables, RowsStayTogether) {
    EXPECT_THAT(text_of({{50, 720, "Prices of the boats for one day, as they are this year:"},
                         {50, 700, "Boat"},
                         {200, 700, "Price"},
                         {300, 700, "Seats"},
                         {50, 685, "Heron"},
                         {200, 685, "120 euros"},
                         {300, 685, "4"},
                         {50, 670, "Kestrel"},
                         {200, 670, "95 euros"},
                         {300, 670, "2"},
                         {50, 640, "All prices are with fuel and without the deposit."}}),
                HasSubstr("\n\nBoat | Price | Seats\nHeron | 120 euros | 4\nKestrel | 95 euros | "
                          "2\n\nAll prices"));
}

TEST(PdfTables, TwoColumnsAndEmptyCells) {
    EXPECT_THAT(
        text_of(
            {{50, 700, "Boat"}, {200, 700, "Price"}, {50, 685, "Heron"}, {200, 685, "120 euros"}}),
        HasSubstr("Boat | Price\nHeron | 120 euros"));
    EXPECT_THAT(text_of({{50, 700, "Boat"},
                         {200, 700, "Price"},
                         {300, 700, "Seats"},
                         {50, 680, "Heron"},
                         {300, 680, "4"},
                         {50, 660, "Kestrel"},
                         {200, 660, "95 euros"},
                         {300, 660, "2"}}),
                HasSubstr("Boat | Price | Seats\nHeron | | 4\nKestrel | 95 euros | 2"));
}

TEST(PdfTables, ACellOfTwoLinesIsOne) {
    EXPECT_THAT(text_of({{50, 700, "Boat"},
                         {200, 700, "Equipment"},
                         {50, 680, "Heron"},
                         {200, 680, "anchor, two oars and"},
                         {200, 669, "a small engine"},
                         {50, 650, "Kestrel"},
                         {200, 650, "one sail"}}),
                HasSubstr("Boat | Equipment\nHeron | anchor, two oars and a small engine\nKestrel "
                          "| one sail"));
}

TEST(PdfTables, ColumnsOfProseAreNone) {
    std::vector<PdfText> texts;
    for (int i = 0; i < 12; ++i) {
        texts.push_back({50, 700 - 12 * i, "the boats leave the harbour in the morning"});
        texts.push_back({310, 700 - 12 * i, "and come back when the tide is high again"});
    }
    EXPECT_THAT(text_of(texts), Not(HasSubstr("|")));
}

TEST(PdfTables, ProseBesideShortLinesIsNone) {
    std::vector<PdfText> texts;
    for (int i = 0; i < 6; ++i) {
        texts.push_back(
            {50, 700 - 12 * i, i % 2 == 0 ? "the boats leave the harbour" : "and come back"});
        texts.push_back({310, 700 - 12 * i, "where the tide is high in the morning"});
    }
    EXPECT_THAT(text_of(texts), Not(HasSubstr("|")));
}

TEST(PdfTables, ColumnsOfItemsAreNone) {
    std::vector<PdfText> texts;
    for (int i = 0; i < 6; ++i)
        for (const int x : {50, 310}) {
            texts.push_back({x, 700 - 12 * i, "-"});
            texts.push_back({x + 25, 700 - 12 * i, "What crews do"});
        }
    const std::string text = text_of(texts);
    EXPECT_THAT(text, Not(HasSubstr("|")));
    EXPECT_THAT(text, HasSubstr("- What crews do\n- What crews do"));
}

TEST(PdfTables, MarksOfItemsAreNoCells) {
    EXPECT_THAT(text_of({{50, 700, "1."},
                         {75, 700, "Open the valve."},
                         {50, 685, "2."},
                         {75, 685, "Prime the pump."}}),
                Not(HasSubstr("|")));
}

}  // namespace
}  // namespace lectern::documents
