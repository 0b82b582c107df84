#include "engine/ingest/sections.hpp"

#include <gtest/gtest.h>

#include <string>

#include "lectern/plugin.h"

namespace lectern {
namespace {

constexpr auto anywhere = text::HashLines::anywhere;

// "0 Sea > Tides / 12 Moon": the places of one chunk.
std::string shown(const std::vector<storage::Place>& places) {
    std::string out;
    for (const storage::Place& place : places) {
        if (!out.empty()) out += " / ";
        out += std::to_string(place.begin) + " " +
               (place.kind == LECTERN_PLACE_SECTION ? place.name : std::to_string(place.number));
    }
    return out;
}

TEST(Sections, OfChunksThatOverlap) {
    const std::string text =
        "Before.\n"              // 0
        "# Boats\n"              // 8
        "## Heron\n"             // 16
        "Four seats.\n"          // 25
        "### Sails\n"            // 37
        "Two.\n"                 // 47
        "## Gull\n"              // 52
        "None.\n"                // 60
        "# Tides\n"              // 66
        "The moon raises them";  // 74
    ASSERT_EQ(text.find("The moon"), 74U);
    SectionsOfChunks sections(text, "A title", anywhere);
    const auto of = [&](std::uint64_t begin, std::uint64_t end) {
        std::vector<storage::Place> places;
        sections.add(begin, end, places);
        return shown(places);
    };
    EXPECT_EQ(of(0, 8), "");
    EXPECT_EQ(of(0, 30), "8 Boats > Heron") << "headings that follow each other begin together";
    EXPECT_EQ(of(25, 50), "0 Boats > Heron / 12 Boats > Heron > Sails");
    EXPECT_EQ(of(30, 64), "0 Boats > Heron / 7 Boats > Heron > Sails / 22 Boats > Gull");
    EXPECT_EQ(of(60, 90), "0 Boats > Gull / 6 Tides");
    EXPECT_EQ(of(74, 94), "0 Tides");
}

TEST(Sections, WithoutTheTitle) {
    const std::string text = "# The *Sea*\nWide.\n## Tides\nHigh.\n# Moon\nFar.";
    SectionsOfChunks sections(text, "The *Sea*", anywhere);
    std::vector<storage::Place> all;
    sections.add(0, text.size(), all);
    EXPECT_EQ(shown(all), "18 Tides / 33 Moon");
    // What stands under the title alone, behind a section, is in none.
    const std::string other = "# Moon\nFar.\n# Sea\nWide.";
    SectionsOfChunks behind(other, "Sea", anywhere);
    all.clear();
    behind.add(0, other.size(), all);
    EXPECT_EQ(shown(all), "0 Moon / 12 ");
}

TEST(Sections, BesidePages) {
    const std::string text = "# Sea\nWide.\n# Moon\nFar.";
    SectionsOfChunks sections(text, "", anywhere);
    std::vector<storage::Place> places{{0, LECTERN_PLACE_PAGE, 3, 0, 0, ""},
                                       {9, LECTERN_PLACE_PAGE, 4, 0, 0, ""}};
    sections.add(0, text.size(), places);
    EXPECT_EQ(shown(places), "0 Sea / 0 3 / 9 4 / 12 Moon");
}

TEST(Sections, OfAChunkAreFew) {
    std::string text;
    for (int i = 0; i < 200; ++i) text += "# h" + std::to_string(i) + "\nx\n";
    SectionsOfChunks sections(text, "", anywhere);
    std::vector<storage::Place> places;
    sections.add(0, text.size(), places);
    ASSERT_EQ(places.size(), 33U);
    EXPECT_EQ(places[31].name, "h31");
    EXPECT_EQ(places[32].name, "") << "not known, rather than wrong";
}

TEST(Sections, OfWhichDocuments) {
    struct {
        const char* id;
        bool from_a_file;
        const char* believed;
    } const cases[] = {
        {"docs/setup.md", true, "anywhere"},
        {"SETUP.MD", true, "anywhere"},
        {"a.zip#docs/setup.md", true, "anywhere"},
        {"notes.ipynb", true, "anywhere"},
        {"setup.html", true, "apart"},
        {"setup.docx", false, "apart"},
        {"/srv/setup.txt", true, "apart"},
        {"docs/README", true, "apart"},
        {"handbook", false, "anywhere"},
        {"release 1.2", false, "anywhere"},
        {"setup.py", true, "none"},
        {"setup.py", false, "none"},
        {"nginx.conf", true, "none"},
        {"Makefile", true, "none"},
        {"mail.eml", true, "none"},
        {"mail.eml#report.docx", true, "apart"},
        {".profile", true, "none"},
        {"", false, "anywhere"},
    };
    for (const auto& c : cases) {
        const auto believed = hash_lines_of(c.id, c.from_a_file);
        EXPECT_STREQ(!believed               ? "none"
                     : *believed == anywhere ? "anywhere"
                                             : "apart",
                     c.believed)
            << c.id;
    }
    EXPECT_TRUE(may_have_sections({{0, LECTERN_PLACE_PAGE, 1, 0, 0, ""}}));
    EXPECT_FALSE(may_have_sections({{0, LECTERN_PLACE_SLIDE, 1, 0, 0, ""}}));
    EXPECT_FALSE(may_have_sections({{0, LECTERN_PLACE_SECTION, 0, 0, 0, "Sea"}}));
}

}  // namespace
}  // namespace lectern
