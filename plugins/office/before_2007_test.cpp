#include "office/before_2007.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "office/test_files.hpp"
#include "tests/support/test_folder.hpp"

namespace lectern::office {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

// What is enough to tell what a compound file is.
std::string compound(const std::string& stream) {
    std::string out = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";
    for (const char c : stream) {
        out += c;
        out += '\0';
    }
    out.resize(512 + 64);  // more than a header, which says nothing of sectors
    return out;
}

// Programs that stand in for catdoc's: what they write is known, whatever is installed.
class Before2007 : public ::testing::Test {
 protected:
    std::string program(const std::string& body) {
        const fs::path path = folder.path() / ("program-" + std::to_string(++count_));
        std::ofstream(path) << "#!/bin/sh\n" << body << "\n";
        fs::permissions(path, fs::perms::owner_all);
        return path.string();
    }
    documents::Extracted read(const std::string& stream, const std::string& body) {
        OfficeLimits limits;
        limits.converters.doc = limits.converters.xls = limits.converters.ppt = program(body);
        return read_office(compound(stream), limits);
    }
    std::string message(const std::string& stream, const std::string& body) {
        try {
            static_cast<void>(read(stream, body));
        } catch (const documents::Failure& failure) {
            return failure.what();
        }
        return {};
    }
    TestFolder folder;
    int count_ = 0;
};

TEST_F(Before2007, LinesOfWord) {
    const documents::Extracted found =
        read("WordDocument",
             R"(printf 'Boats\n\nA boat floats.\n\342\200\242 Heron\nBoat\tPrice\nGull\t60\n')");
    EXPECT_EQ(found.text, "Boats\n\nA boat floats.\n\n- Heron\n\nBoat | Price\nGull | 60");
    EXPECT_EQ(found.title, "Boats");
}

TEST_F(Before2007, SheetsOfExcel) {
    const documents::Extracted found =
        read("Workbook", R"(printf 'Boat\tPrice\n\nHeron\t120\n\fAda\n\f')");
    EXPECT_EQ(found.text, "# Sheet 1\n\nBoat | Price\n\nHeron | 120\n\n# Sheet 2\n\nAda");
    EXPECT_EQ(
        documents::shown_places(found),
        "cells Sheet 1: # Sheet / cells Sheet 1 1: Boat |  / cells Sheet 1 3: Heron | / cells "
        "Sheet 2: # Sheet / cells Sheet 2 1: Ada");
}

TEST_F(Before2007, SlidesOfPowerPoint) {
    const documents::Extracted found =
        read("PowerPoint Document", R"(printf 'Boats\nHeron\n\fCrew\n')");
    EXPECT_EQ(found.text, "# Slide 1\n\nBoats\n\nHeron\n\n# Slide 2\n\nCrew");
    EXPECT_EQ(documents::shown_places(found), "slide 1: # Slide / slide 2: # Slide");
}

// What the programs wrote of other files, by hand.
TEST_F(Before2007, WhatTheProgramsWrite) {
    struct {
        const char* what;
        const char* stream;
        const char* written;  // for printf
        const char* text;
        const char* title;
        const char* places;
    } const cases[] = {
        {"Word: paragraphs in long lines, and form feeds between pages", "WordDocument",
         R"(The quay is open all day.\n\n\fThe lock is closed at night.\n)",
         "The quay is open all day.\n\nThe lock is closed at night.", "The quay is open all day.",
         ""},
        {"Word: a table, then words; letters of all scripts", "WordDocument",
         R"(Hafen\tТиде\n\344\270\200\t2\n\nH\303\244fen\n)", "Hafen | Тиде\n一 | 2\n\nHäfen",
         "Hafen | Тиде", ""},
        {"Excel before 1997: a sheet alone has no name", "Book", R"(Boat\tPrice\nHeron\t120\n)",
         "Boat | Price\nHeron | 120", "", "cells 1: Boat |  / cells 2: Heron |"},
        {"Excel: empty cells keep their place, empty rows end a table", "Workbook",
         R"(Boat\t\tSeats\nHeron\t\t4\n\n\tGull\n)", "Boat | | Seats\nHeron | | 4\n\n| Gull", "",
         "cells 1: Boat |  / cells 2: Heron | / cells 4: | Gull"},
        {"PowerPoint: items and rows of a slide", "PowerPoint Document",
         R"(Boats\n\342\200\242 Heron\n\342\200\242 Gull\n)",
         "# Slide 1\n\nBoats\n\n- Heron\n- Gull", "", "slide 1: # Slide"},
        {"PowerPoint: a slide without words is counted", "PowerPoint Document",
         R"(Boats\n\f\n\fCrew\n\f)", "# Slide 1\n\nBoats\n\n# Slide 3\n\nCrew", "",
         "slide 1: # Slide / slide 3: # Slide"},
    };
    for (const auto& c : cases) {
        const documents::Extracted found =
            read(c.stream, "printf '" + std::string(c.written) + "'");
        EXPECT_EQ(found.text, c.text) << c.what;
        if (*c.title != 0) {
            EXPECT_EQ(found.title, c.title) << c.what;
        }
        EXPECT_EQ(documents::shown_places(found), c.places) << c.what;
    }
}

TEST_F(Before2007, TheFileIsGivenAndIsGoneAfterwards) {
    const fs::path seen = folder.path() / "seen";
    const documents::Extracted found =
        read("WordDocument",
             "for last; do :; done; echo \"$last\" > " + seen.string() + "; wc -c < \"$last\"");
    EXPECT_EQ(found.text, std::to_string(compound("WordDocument").size()));
    std::string path;
    std::getline(std::ifstream(seen) >> std::ws, path);
    EXPECT_FALSE(path.empty());
    EXPECT_FALSE(fs::exists(path)) << path;
}

TEST_F(Before2007, WhatCannotBeRead) {
    EXPECT_THAT(message("WordDocument", "echo 'File is encrypted.' >&2; exit 69"),
                HasSubstr("encrypted with a password"));
    EXPECT_THAT(message("Workbook", "exit 1"), HasSubstr("the file is broken"));
    EXPECT_THAT(message("Workbook", "true"), HasSubstr("no text"));
    EXPECT_THAT(message("Something", "true"), HasSubstr("none of Word, Excel or PowerPoint"));
    OfficeLimits limits;
    limits.converters.doc = "no-such-program";
    EXPECT_THAT(refusal(compound("WordDocument"), limits).second,
                HasSubstr("apt-get install catdoc"));
}

}  // namespace
}  // namespace lectern::office
