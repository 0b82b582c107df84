#include "engine/search/place.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "lectern/plugin.h"

namespace lectern {
namespace {

using Marks = std::vector<storage::Place>;

storage::Place page(std::uint64_t begin, std::uint64_t number, std::string name = {}) {
    return {begin, LECTERN_PLACE_PAGE, number, 0, 0, std::move(name)};
}
storage::Place cells(std::uint64_t begin, std::uint64_t row, std::uint32_t first,
                     std::uint32_t last, std::string sheet) {
    return {begin, LECTERN_PLACE_CELLS, row, first, last, std::move(sheet)};
}

storage::Place section(std::uint64_t begin, std::string name) {
    return {begin, LECTERN_PLACE_SECTION, 0, 0, 0, std::move(name)};
}

TEST(PlaceOf, ForPeople) {
    const storage::Place part{0, LECTERN_PLACE_PART, 0, 0, 0, "docs/report.pdf"};
    struct {
        const char* what;
        Marks places;
        std::uint64_t begin;
        std::uint64_t end;
        const char* text;
    } const cases[] = {
        {"nothing is known", {}, 0, 10, ""},
        {"a page", {page(0, 3)}, 0, 10, "page 3"},
        {"the first of two", {page(0, 3), page(5, 4)}, 0, 5, "page 3"},
        {"the second of two", {page(0, 3), page(5, 4)}, 5, 10, "page 4"},
        {"both", {page(0, 3), page(5, 4)}, 4, 6, "pages 3 to 4"},
        {"what is printed", {page(0, 3, "iii")}, 0, 10, "page iii"},
        {"a slide", {{0, LECTERN_PLACE_SLIDE, 2, 0, 0, ""}}, 0, 9, "slide 2"},
        {"one cell", {cells(0, 12, 28, 28, "Prices")}, 0, 9, "Prices!AB12"},
        {"rows", {cells(0, 2, 1, 3, "Prices"), cells(4, 3, 2, 4, "Prices")}, 0, 9, "Prices!A2:D3"},
        {"one of the rows",
         {cells(0, 2, 1, 3, "Prices"), cells(4, 3, 2, 4, "Prices")},
         5,
         9,
         "Prices!B3:D3"},
        {"a sheet's heading", {cells(0, 0, 0, 0, "Prices")}, 0, 9, "Prices"},
        {"two sheets",
         {cells(0, 2, 1, 3, "Boats"), cells(4, 1, 1, 2, "Prices")},
         0,
         9,
         "Boats!A2:C2 to Prices!A1:B1"},
        {"rows of a table without columns",
         {cells(0, 2, 0, 0, ""), cells(4, 9, 0, 0, "")},
         0,
         9,
         "rows 2 to 9"},
        {"a row of it", {cells(0, 2, 0, 0, "")}, 0, 9, "row 2"},
        {"a chapter", {{0, LECTERN_PLACE_CHAPTER, 2, 0, 0, "The Sea"}}, 0, 9, "chapter The Sea"},
        {"a chapter without a name", {{0, LECTERN_PLACE_CHAPTER, 2, 0, 0, ""}}, 0, 9, "chapter 2"},
        {"a time", {{0, LECTERN_PLACE_TIME, 3'723'500, 0, 0, ""}}, 0, 9, "01:02:03"},
        {"a part", {part}, 0, 9, "docs/report.pdf"},
        {"a page of a part", {part, page(0, 3)}, 0, 9, "docs/report.pdf, page 3"},
        {"unknown from here on", {page(0, 3), {5, LECTERN_PLACE_NONE, 0, 0, 0, ""}}, 5, 9, ""},
        {"of a later version", {{0, 99, 3, 0, 0, ""}}, 0, 9, ""},
        {"and what it stands beside", {page(0, 3), {4, 99, 3, 0, 0, ""}}, 5, 9, "page 3"},
        {"a cell", {{0, LECTERN_PLACE_NOTEBOOK_CELL, 2, 0, 0, ""}}, 0, 9, "cell 2"},
        {"two cells",
         {{0, LECTERN_PLACE_NOTEBOOK_CELL, 2, 0, 0, ""},
          {5, LECTERN_PLACE_NOTEBOOK_CELL, 3, 0, 0, ""}},
         0,
         9,
         "cells 2 to 3"},
        {"a section", {section(0, "Sea")}, 0, 9, "section Sea"},
        {"up to one within it",
         {section(0, "Sea"), section(4, "Sea > Tides")},
         0,
         9,
         "section Sea"},
        {"the one within it",
         {section(0, "Sea"), section(4, "Sea > Tides")},
         4,
         9,
         "section Sea > Tides"},
        {"two sections", {section(0, "Sea"), section(4, "Seals")}, 0, 9, "sections Sea to Seals"},
        {"no section any more", {section(0, "Sea"), section(4, "")}, 5, 9, ""},
        {"of a page",
         {section(0, "Sea"), page(0, 3), section(4, "Moon")},
         5,
         9,
         "page 3, section Moon"},
        {"of a page of a part",
         {section(0, "Sea"), part, page(0, 3)},
         0,
         9,
         "docs/report.pdf, page 3, section Sea"},
        {"of a part", {section(0, "Sea"), part}, 0, 9, "docs/report.pdf, section Sea"},
        {"of a chapter",
         {section(0, "Sea > Tides"), {0, LECTERN_PLACE_CHAPTER, 2, 0, 0, "Sea"}},
         0,
         9,
         "chapter Sea, section Tides"},
        {"the chapter's own heading",
         {section(0, "Sea"), {0, LECTERN_PLACE_CHAPTER, 2, 0, 0, "Sea"}},
         0,
         9,
         "chapter Sea"},
    };
    for (const auto& c : cases)
        EXPECT_EQ(place_of(c.places, c.begin, c.end).text, c.text) << c.what;
}

TEST(PlaceOf, ForPrograms) {
    const Place rows =
        place_of(Marks{cells(0, 2, 1, 3, "Prices"), cells(4, 3, 2, 4, "Prices")}, 0, 9);
    EXPECT_EQ(rows.kind, "cells");
    EXPECT_EQ(rows.first, 2U);
    EXPECT_EQ(rows.last, 3U);
    EXPECT_EQ(rows.name, "Prices");
    EXPECT_EQ(rows.cells, "A2:D3");
    const Place part =
        place_of(Marks{{0, LECTERN_PLACE_PART, 0, 0, 0, "a.pdf"}, page(0, 3), page(5, 4)}, 0, 9);
    EXPECT_EQ(part.kind, "page");
    EXPECT_EQ(part.first, 3U);
    EXPECT_EQ(part.last, 4U);
    EXPECT_EQ(part.part, "a.pdf");
    EXPECT_TRUE(place_of(Marks{}, 0, 9).empty());
    const Place under = place_of(Marks{section(0, "Sea > Tides")}, 0, 9);
    EXPECT_EQ(under.kind, "section");
    EXPECT_EQ(under.section, "Sea > Tides");
    EXPECT_EQ(under.name, "");
    const Place both = place_of(Marks{section(0, "Sea"), page(0, 3)}, 0, 9);
    EXPECT_EQ(both.kind, "page");
    EXPECT_EQ(both.section, "Sea");
    EXPECT_EQ(both.first, 3U);
}

TEST(PlaceOf, OfADocumentByItsChunks) {
    std::vector<storage::Chunk> chunks(2);
    chunks[0].begin = 10;
    chunks[0].end = 30;
    chunks[0].places = {page(0, 1), page(12, 2)};
    chunks[1].begin = 25;  // they overlap
    chunks[1].end = 50;
    chunks[1].places = {page(0, 2), page(15, 3)};
    const auto text = [&](std::uint64_t begin, std::uint64_t end) {
        return place_of(chunks, begin, end).text;
    };
    EXPECT_EQ(text(12, 20), "page 1");
    EXPECT_EQ(text(23, 29), "page 2");
    EXPECT_EQ(text(20, 24), "pages 1 to 2");
    EXPECT_EQ(text(41, 45), "page 3");
    EXPECT_EQ(text(60, 70), "");
}

}  // namespace
}  // namespace lectern
