#include <gtest/gtest.h>

#include "office/test_files.hpp"

namespace lectern::office {
namespace {

std::string odf(const std::string& kind, const std::string& body, const std::string& styles = {}) {
    return zipped(
        {{"mimetype", "application/vnd.oasis.opendocument." + kind},
         {"content.xml", "<office:document-content><office:automatic-styles>" + styles +
                             "</office:automatic-styles><office:body><office:" + kind + ">" + body +
                             "</office:" + kind + "></office:body></office:document-content>"},
         {"meta.xml",
          "<office:document-meta><office:meta><dc:creator>Ada</dc:creator></office:meta>"
          "</office:document-meta>"}});
}

std::string p(const std::string& text) {
    return "<text:p>" + text + "</text:p>";
}

std::string sheet_cell(const std::string& text, const std::string& attributes = {}) {
    return "<table:table-cell " + attributes + ">" + (text.empty() ? "" : p(text)) +
           "</table:table-cell>";
}
std::string sheet_row(const std::string& cells, const std::string& attributes = {}) {
    return "<table:table-row " + attributes + ">" + cells + "</table:table-row>";
}

TEST(Odt, Structure) {
    const std::string lists =
        "<text:list-style style:name='N'><text:list-level-style-number text:level='1' "
        "style:num-format='1' style:num-suffix='.' text:start-value='4'/>"
        "<text:list-level-style-number text:level='2' style:num-format='a' style:num-suffix=')'/>"
        "</text:list-style>"
        "<style:style style:name='H'><style:text-properties text:display='none'/></style:style>";
    struct {
        const char* what;
        std::string body;
        const char* text;
    } const cases[] = {
        {"headings", "<text:h text:outline-level='2'>A <text:span>b</text:span></text:h>" + p("c"),
         "## A b\n\nc"},
        {"white space",
         p("a<text:s text:c='3'/>b<text:tab/>c<text:line-break/>d <text:span>e</text:span> "
           "<text:span>f</text:span>"),
         "a b c\nd e f"},
        {"lists",
         "<text:list text:style-name='N'><text:list-item>" + p("a") +
             "<text:list><text:list-item>" + p("b") +
             "</text:list-item></text:list></text:list-item><text:list-item>" + p("c") + p("d") +
             "</text:list-item></text:list><text:list><text:list-item>" + p("e") +
             "</text:list-item></text:list>",
         "4. a\na) b\n5. c\n\nd\n\n- e"},
        {"tables",
         "<table:table><table:table-header-rows><table:table-row><table:table-cell>" + p("Boat") +
             "</table:table-cell><table:table-cell>" + p("Price") +
             "</table:table-cell></table:table-row></table:table-header-rows><table:table-row>"
             "<table:table-cell>" +
             p("Heron") + p("or Gull") + "</table:table-cell><table:table-cell>" + p("120") +
             "<table:table><table:table-row><table:table-cell>" + p("x") +
             "</table:table-cell><table:table-cell>" + p("y") +
             "</table:table-cell></table:table-row></table:table></table:table-cell></"
             "table:table-row>"
             "</table:table>",
         "Boat | Price\nHeron or Gull | 120\n\nx | y"},
        {"covered cells",
         "<table:table><table:table-row><table:table-cell table:number-columns-spanned='2'>" +
             p("a") + "</table:table-cell><table:covered-table-cell/><table:table-cell>" + p("b") +
             "</table:table-cell></table:table-row></table:table>",
         "a | | b"},
        {"notes, comments and text boxes",
         p("a<text:note text:note-class='footnote'><text:note-citation>1</text:note-citation>"
           "<text:note-body>" +
           p("Note.") +
           "</text:note-body></text:note> b<office:annotation>"
           "<dc:creator>Ada</dc:creator>" +
           p("Why?") +
           "</office:annotation><draw:frame>"
           "<draw:text-box>" +
           p("box") + "</draw:text-box></draw:frame>"),
         "a b\n\nbox\n\nFootnote: Note.\n\nComment by Ada: Why?"},
        {"not: deleted, hidden, contents",
         "<text:tracked-changes><text:changed-region><text:deletion>" + p("x") +
             "</text:deletion></text:changed-region></text:tracked-changes><text:table-of-content>"
             "<text:index-body>" +
             p("x") + "</text:index-body></text:table-of-content>" +
             p("a<text:span "
               "text:style-name='H'>x</text:span><text:hidden-text>x</text:hidden-text>"),
         "a"},
    };
    for (const auto& c : cases)
        EXPECT_EQ(read_office(odf("text", c.body, lists)).text, c.text) << c.what;
    EXPECT_EQ(read_office(odf("text", p("x"))).metadata, "\"author\":\"Ada\"");
}

TEST(Odp, Pages) {
    const std::string hidden =
        "<style:style style:name='D'><style:drawing-page-properties "
        "presentation:visibility='hidden'/>"
        "</style:style>";
    const auto frame = [](const std::string& kind, const std::string& text) {
        return "<draw:frame presentation:class='" + kind + "'><draw:text-box>" + text +
               "</draw:text-box></draw:frame>";
    };
    const std::string body =
        "<draw:page>" +
        frame("outline", "<text:list><text:list-item>" + p("x") + "</text:list-item></text:list>") +
        frame("title", p("Boats")) + "<presentation:notes>" + frame("notes", p("Say this.")) +
        "</presentation:notes></draw:page><draw:page draw:style-name='D'>" +
        frame("title", p("no")) + "</draw:page><draw:page><draw:g><draw:custom-shape>" + p("y") +
        "</draw:custom-shape></draw:g></draw:page>";
    const documents::Extracted found = read_office(odf("presentation", body, hidden));
    EXPECT_EQ(found.text, "# Slide 1\n\n## Boats\n\n- x\n\nNotes: Say this.\n\n# Slide 3\n\ny");
    EXPECT_EQ(found.title, "Boats");
}

TEST(Ods, Sheets) {
    const std::string hidden =
        "<style:style style:name='T'><style:table-properties table:display='false'/></style:style>";
    const std::string body =
        "<table:table table:name='Prices'><table:table-row>" + sheet_cell("Boat") +
        sheet_cell("", "table:number-columns-repeated='2'") + sheet_cell("Price") +
        sheet_cell("", "table:number-columns-repeated='16000'") +
        "</table:table-row><table:table-row table:visibility='filter'>" + sheet_cell("no") +
        "</table:table-row><table:table-row>" + sheet_cell("Heron") +
        sheet_cell("", "table:number-columns-repeated='2'") + sheet_cell("01.03.24") +
        "</table:table-row><table:table-row table:number-rows-repeated='1000000'>" +
        sheet_cell("") +
        "</table:table-row></table:table><table:table table:name='Secret' "
        "table:style-name='T'><table:table-row>" +
        sheet_cell("no") + "</table:table-row></table:table>";
    EXPECT_EQ(read_office(odf("spreadsheet", body, hidden)).text,
              "# Prices\n\nBoat | | | Price\nHeron | | | 01.03.24");
}

TEST(Odp, Places) {
    const std::string page = "<draw:page><draw:frame><draw:text-box>" + p("words") +
                             "</draw:text-box></draw:frame></draw:page>";
    EXPECT_EQ(documents::shown_places(read_office(odf("presentation", page + page))),
              "slide 1: # Slide / slide 2: # Slide");
}

TEST(Ods, Places) {
    const std::string sheets =
        "<table:table table:name='Boats'>" + sheet_row(sheet_cell("Boat") + sheet_cell("Price")) +
        sheet_row(sheet_cell(""), "table:number-rows-repeated='5'") +
        sheet_row(sheet_cell("", "table:number-columns-repeated='2'") + sheet_cell("Heron")) +
        "</table:table><table:table table:name='Empty'>" + sheet_row(sheet_cell("")) +
        "</table:table><table:table table:name='Crew'>" + sheet_row(sheet_cell("Ada")) +
        "</table:table>";
    EXPECT_EQ(documents::shown_places(read_office(odf("spreadsheet", sheets))),
              "cells Boats: # Boats / cells Boats 1 1-2: Boat |  / cells Boats 7 3-3: | | Her / "
              "cells Crew: # Crew / cells Crew 1 1-1: Ada");
}

TEST(Odp, TablesAndNotes) {
    const std::string numbers =
        "<text:list-style style:name='N'><text:list-level-style-number text:level='1' "
        "style:num-format='1' style:num-suffix='.'/></text:list-style>";
    const auto row = [](const std::string& a, const std::string& b) {
        return "<table:table-row><table:table-cell>" + p(a) + "</table:table-cell>" +
               "<table:table-cell>" + p(b) + "</table:table-cell></table:table-row>";
    };
    const auto box = [](const std::string& kind, const std::string& text) {
        return "<draw:frame presentation:class='" + kind + "'><draw:text-box>" + text +
               "</draw:text-box></draw:frame>";
    };
    const auto item = [](const std::string& text) {
        return "<text:list-item>" + p(text) + "</text:list-item>";
    };
    const std::string body =
        "<draw:page>" + box("title", p("Prices<text:line-break/>of 2024")) +
        "<draw:frame><table:table><table:table-column/>" + row("Boat", "Price") +
        row("Heron", "120") +
        "</table:table><draw:image xlink:href='Pictures/table.png'/></draw:frame>"
        "<presentation:notes><draw:page-thumbnail/>" +
        box("notes", p("First the boats.") + p("Then the prices.")) +
        "</presentation:notes></draw:page><draw:page>" + box("title", p("Crew")) +
        box("outline",
            "<text:list text:style-name='N'>" + item("Ada") + item("Carl") + "</text:list>") +
        "<office:annotation><dc:creator>Ada</dc:creator>" + p("Who else?") +
        "</office:annotation></draw:page>";
    const documents::Extracted found = read_office(odf("presentation", body, numbers));
    EXPECT_EQ(found.text,
              "# Slide 1\n\n## Prices of 2024\n\nBoat | Price\nHeron | 120\n\n"
              "Notes: First the boats. Then the prices.\n\n"
              "# Slide 2\n\n## Crew\n\n1. Ada\n2. Carl\n\nComment: Who else?");
    EXPECT_EQ(found.title, "Prices of 2024");
    EXPECT_EQ(documents::shown_places(found), "slide 1: # Slide / slide 2: # Slide");
}

TEST(Ods, MergedAndRepeatedCells) {
    const std::string sheets =
        "<table:table table:name='Berths'><table:table-header-rows>" +
        sheet_row(sheet_cell("Harbour", "table:number-columns-spanned='2'") +
                  "<table:covered-table-cell/>" + sheet_cell("Depth")) +
        "</table:table-header-rows>" +
        sheet_row(sheet_cell("North", "table:number-rows-spanned='2'") + sheet_cell("1") +
                  sheet_cell("4 m")) +
        sheet_row("<table:covered-table-cell/>" + sheet_cell("2") + sheet_cell("6 m")) +
        sheet_row(sheet_cell("hidden"), "table:visibility='collapse'") +
        sheet_row(sheet_cell("closed", "table:number-columns-repeated='3'"),
                  "table:number-rows-repeated='4'") +
        sheet_row(sheet_cell("South") + sheet_cell("3") + sheet_cell("5 m")) + "</table:table>";
    const documents::Extracted found = read_office(odf("spreadsheet", sheets));
    EXPECT_EQ(found.text,
              "# Berths\n\nHarbour | | Depth\nNorth | 1 | 4 m\n| 2 | 6 m\n"
              "closed | closed | closed\nSouth | 3 | 5 m");
    EXPECT_EQ(documents::shown_places(found),
              "cells Berths: # Berth / cells Berths 1 1-3: Harbour / cells Berths 2 1-3: North | / "
              "cells Berths 3 2-3: | 2 | 6 / cells Berths 5 1-3: closed  / "
              "cells Berths 9 1-3: South |");
}

TEST(Ods, HiddenColumnsAreNotRead) {
    const std::string sheets =
        "<table:table table:name='Prices'><table:table-column/><table:table-column-group>"
        "<table:table-column table:visibility='collapse' table:number-columns-repeated='2'/>"
        "</table:table-column-group><table:table-column/>" +
        sheet_row(sheet_cell("Harbour") + sheet_cell("Margin") + sheet_cell("Note") +
                  sheet_cell("Price")) +
        sheet_row(sheet_cell("North") + sheet_cell("secret", "table:number-columns-repeated='2'") +
                  sheet_cell("4")) +
        sheet_row(sheet_cell("same", "table:number-columns-repeated='4'")) + "</table:table>";
    const documents::Extracted found = read_office(odf("spreadsheet", sheets));
    EXPECT_EQ(found.text, "# Prices\n\nHarbour | Price\nNorth | 4\nsame | same");
    EXPECT_EQ(documents::shown_places(found),
              "cells Prices: # Price / cells Prices 1 1-4: Harbour / "
              "cells Prices 2 1-4: North | / cells Prices 3 1-4: same | ");
}

TEST(Ods, MergedCellsThatBeginInWhatIsHidden) {
    const std::string covered = "<table:covered-table-cell/>";
    const std::string sheets =
        "<table:table table:name='Prices'><table:table-column table:visibility='collapse'/>"
        "<table:table-column table:number-columns-repeated='2'/>" +
        sheet_row(sheet_cell("Boats for hire", "table:number-columns-spanned='3'") +
                  "<table:covered-table-cell table:number-columns-repeated='2'/>") +
        sheet_row(sheet_cell("secret") + sheet_cell("1") + sheet_cell("2")) +
        sheet_row(
            sheet_cell("") + sheet_cell("Low", "table:number-rows-spanned='2'") + sheet_cell("no"),
            "table:visibility='collapse'") +
        sheet_row(sheet_cell("") + covered + sheet_cell("3")) +
        sheet_row(sheet_cell("") + covered + sheet_cell("4")) + "</table:table>";
    EXPECT_EQ(read_office(odf("spreadsheet", sheets)).text,
              "# Prices\n\nBoats for hire\n1 | 2\nLow | 3\n| 4");
}

TEST(Odt, Pages) {
    const std::string styles =
        "<style:style style:name='B'><style:paragraph-properties fo:break-before='page'/>"
        "</style:style><style:style style:name='C' style:parent-style-name='B'/>"
        "<style:style style:name='A'><style:paragraph-properties fo:break-after='page'/>"
        "</style:style><style:style style:name='M' style:master-page-name='Landscape'/>";
    const auto styled = [](const char* style, const char* text) {
        return "<text:p text:style-name='" + std::string(style) + "'>" + text + "</text:p>";
    };
    const std::string soft = "<text:soft-page-break/>";
    const auto row = [](const std::string& a, const std::string& b) {
        return "<table:table-row><table:table-cell>" + p(a) + "</table:table-cell>" +
               "<table:table-cell>" + p(b) + "</table:table-cell></table:table-row>";
    };
    struct {
        const char* what;
        std::string body;
        const char* places;
    } const cases[] = {
        {"none is told", p("a") + p("b"), ""},
        {"between blocks", p("a") + soft + p("b") + p("c"), "page 1: a / page 2: b"},
        {"within a paragraph", p("a") + p("b" + soft + "c") + p("d"), "page 1: a / page 2: d"},
        {"in a span at its beginning", p("a") + p("<text:span>" + soft + "b</text:span>"),
         "page 1: a / page 2: b"},
        {"between rows", "<table:table>" + row("a", "b") + soft + row("c", "d") + "</table:table>",
         "page 1: a | b / page 2: c | d"},
        {"in a list",
         "<text:list><text:list-item>" + p("a") + "</text:list-item><text:list-item>" + soft +
             p("b") + "</text:list-item></text:list>",
         "page 1: - a / page 2: - b"},
        {"by styles",
         styled("C", "a") + styled("C", "b") + styled("A", "c") + p("d") + styled("M", "e"),
         "page 1: a / page 2: b / page 3: d / page 4: e"},
    };
    for (const auto& c : cases)
        EXPECT_EQ(documents::shown_places(read_office(odf("text", c.body, styles))), c.places)
            << c.what;
}

}  // namespace
}  // namespace lectern::office
