#include <gtest/gtest.h>

#include "office/test_files.hpp"

namespace lectern::office {
namespace {

std::string sheet(const std::string& rows, const std::string& before = {}) {
    return "<worksheet>" + before + "<sheetData>" + rows + "</sheetData></worksheet>";
}

std::string xlsx(const std::string& first, Parts more = {}) {
    Parts parts{
        {"_rels/.rels", relations({{"a", "officeDocument", "xl/workbook.xml"}})},
        {"xl/workbook.xml",
         "<workbook><sheets><sheet name='Prices' r:id='r1'/><sheet name='Secret' state='hidden' "
         "r:id='r2'/><sheet name='Empty' r:id='r3'/></sheets></workbook>"},
        {"xl/_rels/workbook.xml.rels", relations({{"r1", "worksheet", "worksheets/s1.xml"},
                                                  {"r2", "worksheet", "worksheets/s2.xml"},
                                                  {"r3", "worksheet", "worksheets/s3.xml"},
                                                  {"t", "sharedStrings", "sharedStrings.xml"},
                                                  {"s", "styles", "styles.xml"}})},
        {"xl/worksheets/s1.xml", first},
        {"xl/worksheets/s2.xml", sheet("<row><c t='inlineStr'><is><t>secret</t></is></c></row>")},
        {"xl/worksheets/s3.xml", sheet("")},
        {"xl/sharedStrings.xml",
         "<sst><si><t>Boat</t></si><si><r><t>Pri</t></r><r><t>ce</t></r><rPh><t>x</t></rPh></si></"
         "sst>"},
        {"xl/styles.xml",
         "<styleSheet><numFmts><numFmt numFmtId='164' formatCode='yyyy-mm-dd'/></numFmts><cellXfs>"
         "<xf numFmtId='0'/><xf numFmtId='164'/><xf numFmtId='9'/></cellXfs></styleSheet>"}};
    for (auto& part : more) parts.push_back(std::move(part));
    return zipped(parts);
}

TEST(Xlsx, RowsOfSheets) {
    struct {
        const char* what;
        std::string sheet;
        const char* text;
    } const cases[] = {
        {"strings and numbers",
         sheet("<row r='1'><c r='A1' t='s'><v>0</v></c><c r='B1' t='s'><v>1</v></c></row>"
               "<row r='2'><c r='A2' t='inlineStr'><is><t>Heron</t></is></c><c "
               "r='B2'><v>120.5</v></c></row>"),
         "# Prices\n\nBoat | Price\nHeron | 120.5"},
        {"dates, percentages, results, truth and faults",
         sheet(
             "<row><c s='1'><v>45352</v></c><c s='2'><v>0.5</v></c><c t='str'><f>A1</f><v>r</v></c>"
             "<c t='b'><v>1</v></c><c t='e'><v>#DIV/0!</v></c></row>"),
         "# Prices\n\n2024-03-01 | 50% | r | TRUE | #DIV/0!"},
        {"gaps",
         sheet("<row r='1'><c r='A1'><v>1</v></c><c r='D1'><v>2</v></c></row>"
               "<row r='3'><c r='B3'><v>3</v></c></row>"),
         "# Prices\n\n1 | | | 2\n\n| 3"},
        {"hidden rows and columns",
         sheet("<row r='1'><c r='A1'><v>1</v></c><c r='B1'><v>2</v></c><c r='C1'><v>3</v></c></row>"
               "<row r='2' hidden='1'><c r='A2'><v>4</v></c></row>",
               "<cols><col min='2' max='2' hidden='1'/></cols>"),
         "# Prices\n\n1 | 3"},
        {"a merged cell that begins in a hidden column",
         sheet(
             "<row r='1'><c r='A1'><v>7</v></c><c r='B1'/><c r='C1'/></row>"
             "<row r='2'><c r='A2'><v>9</v></c><c r='B2'><v>1</v></c><c r='C2'><v>2</v></c></row>",
             "<cols><col min='1' max='1' hidden='1'/></cols><mergeCells><mergeCell ref='A1:C1'/>"
             "</mergeCells>"),
         "# Prices\n\n7\n1 | 2"},
        {"the same of which the file names the first cell alone, and one that is hidden as a whole",
         sheet("<row r='1'><c r='A1'><v>7</v></c><c r='E1'><v>3</v></c></row>"
               "<row r='2'><c r='A2'><v>8</v></c></row>",
               "<cols><col min='1' max='2' hidden='1'/></cols><mergeCells><mergeCell ref='A1:C1'/>"
               "<mergeCell ref='A2:B2'/></mergeCells>"),
         "# Prices\n\n7 | | 3"},
        {"merged cells that begin in hidden rows",
         sheet("<row r='1' hidden='1'><c r='A1'><v>7</v></c><c r='B1'><v>9</v></c></row>"
               "<row r='2'><c r='B2'><v>1</v></c></row>"
               "<row r='3'><c r='A3'/><c r='B3'><v>2</v></c></row>"
               "<row r='4' hidden='1'><c r='C4'><v>8</v></c></row>",
               "<mergeCells><mergeCell ref='A1:A3'/><mergeCell ref='C4:D5'/></mergeCells>"),
         "# Prices\n\n7 | 1\n| 2\n\n8"},
        {"what points nowhere",
         sheet("<row><c t='s'><v>99</v></c><c t='s'><v>-1</v></c><c s='77'><v>5</v></c></row>"),
         "# Prices\n\n| | 5"},
    };
    for (const auto& c : cases) EXPECT_EQ(read_office(xlsx(c.sheet)).text, c.text) << c.what;
}

TEST(Xlsx, Places) {
    const std::string bytes = xlsx(
        sheet("<row r='2'><c r='B2'><v>1</v></c><c r='C2'><v>2</v></c><c r='D2'><v>3</v></c></row>"
              "<row r='9'><c r='AB9'><v>4</v></c></row>",
              "<cols><col min='2' max='2' hidden='1'/></cols>"),
        {{"xl/worksheets/_rels/s1.xml.rels", relations({{"c", "comments", "../comments1.xml"}})},
         {"xl/comments1.xml",
          "<comments><commentList><comment ref='C2'><text><t>Why?</t></text></comment>"
          "</commentList></comments>"}});
    EXPECT_EQ(documents::shown_places(read_office(bytes)),
              "cells Prices: # Price / cells Prices 2 3-4: | 2 | 3 / cells Prices 9 28-28: | | | | "
              "/ cells Prices 2 3-0: Comment");
}

TEST(Xlsx, CommentsAndTextBoxes) {
    const std::string bytes = xlsx(
        sheet("<row><c><v>1</v></c></row>"),
        {{"xl/worksheets/_rels/s1.xml.rels", relations({{"c", "comments", "../comments1.xml"},
                                                        {"d", "drawing", "../drawings/d.xml"}})},
         {"xl/comments1.xml",
          "<comments><commentList><comment "
          "ref='B3'><text><t>Why?</t></text></comment></commentList>"
          "</comments>"},
         {"xl/drawings/d.xml",
          "<xdr:wsDr><xdr:sp><xdr:txBody><a:p><a:r><a:t>All prices</a:t></a:r>"
          "</a:p></xdr:txBody></xdr:sp></xdr:wsDr>"}});
    const documents::Extracted found = read_office(bytes);
    EXPECT_EQ(found.text, "# Prices\n\n1\n\nAll prices\n\nComment on B3: Why?");
    EXPECT_EQ(found.title, "") << "the file's name says more than \"Sheet1\"";
}

}  // namespace
}  // namespace lectern::office
