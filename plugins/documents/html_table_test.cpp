#include <gtest/gtest.h>

#include "documents/html_text.hpp"
#include "documents/table_row.hpp"

namespace lectern::documents {
namespace {

TEST(TableRow, CellsKeepTheirPlaces) {
    EXPECT_EQ(table_row({"a", "b  c\nd", ""}), "a | b c d");
    EXPECT_EQ(table_row({"a", "", "c"}), "a | | c");
    EXPECT_EQ(table_row({"", "b"}), "| b");
    EXPECT_EQ(table_row({"", " \n", ""}), "");
    EXPECT_EQ(table_row({}), "");
}

TEST(HtmlTable, ARowIsALine) {
    struct {
        const char* what;
        std::string html;
        const char* text;
    } const cases[] = {
        {"blocks",
         "<table><tr><th><p>Boat</p></th><th><p>Price</p></th></tr><tr><td><p>Heron</p></td><td>"
         "<p>120 euros</p></td></tr></table>",
         "Boat | Price\nHeron | 120 euros"},
        {"more blocks",
         "<table><tr><td><div><p>a</p><p>b</p></div><td><ul><li>c<li>d</ul><td>e<br>f<td><h3>g</h3>"
         "<td><pre>h\n i</pre></table>",
         "a b | c d | e f | g | h i"},
        {"empty cells", "<table><tr><td>a<td><td>c<tr><td><td>b</table>", "a | | c\n| b"},
        {"empty rows", "<table><tr><td>a<td>b<tr><td><td><tr><td>c<td>d</table>", "a | b\nc | d"},
        {"spans",
         "<table><tr><th colspan=2>a<th>b<tr><td rowspan=2>c<td>d<td>e<tr><td>f<td>g</table>",
         "a | | b\nc | d | e\n| f | g"},
        {"parts and a caption",
         "<table><caption>Tides</caption><thead><tr><th>a<th>b</thead><tbody><tr><td>1<td>2</tbody>"
         "<tfoot><tr><td>3<td>4</table>",
         "Tides\n\na | b\n1 | 2\n3 | 4"},
        {"text around", "x<table><tr><td>a<td>b</table>y", "x\n\na | b\n\ny"},
        {"a table in a cell",
         "<table><tr><th>Boat<th>Engine<tr><td>Heron<td>see <table><tr><td>Power<td>90</table>below"
         "<tr><td>Kestrel<td>none</table>y",
         "Boat | Engine\nHeron | see below\nKestrel | none\n\nPower | 90\n\ny"},
        {"in that another one",
         "<table><tr><td>a<td>b<table><tr><td>c<td>d<table><tr><td>e<td>f</table></table></table>",
         "a | b\n\nc | d\n\ne | f"},
        {"two after each other", "<table><tr><td>a<td>b</table><table><tr><td>c<td>d</table>",
         "a | b\n\nc | d"},
        {"one column", "<table><tr><td>a<tr><td>b</table>", "a\nb"},
        {"one that places a page by its role",
         "<table role=presentation><tr><td><h1>a</h1><p>b</p><td><p>c</p></table>",
         "# a\n\nb\n\nc"},
        {"a table in such a one",
         "<table role=none><tr><td><table><tr><td>a<td><p>b</p></table><td>x</table>",
         "a | b\n\nx"},
    };
    for (const auto& c : cases) EXPECT_EQ(html_text(c.html).text, c.text) << c.what;
    const std::string prose(400, 'b');
    EXPECT_EQ(
        html_text("<table><tr><td>menu<td><h1>a</h1><p>" + prose + "</p><p>c</p></table>").text,
        "menu\n\n# a\n\n" + prose + "\n\nc");
}

TEST(HtmlTable, SpansThatClaimTooMuchAreCut) {
    std::string html = "<table><tr><td colspan=1000000 rowspan=1000000>a<td>b";
    for (int i = 0; i < 1000; ++i) html += "<tr><td>c";
    EXPECT_LT(html_text(html).text.size(), 200000U);
}

TEST(HtmlTable, TablesInTablesWithoutEnd) {
    std::string html;
    for (int i = 0; i < 2000; ++i) html += "<table><tr><td>a<td>";
    EXPECT_GE(html_text(html).text.size(), 2000U);
}

}  // namespace
}  // namespace lectern::documents
