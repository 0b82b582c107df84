// Files of Word, Excel and PowerPoint before 2007 through the programs of Debian's package catdoc;
// without them these tests are skipped. before_2007_test.cpp has programs that stand in for them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "office/compound_test_files.hpp"
#include "office/test_files.hpp"

namespace lectern::office {
namespace {

using ::testing::HasSubstr;

bool is_installed(const std::string& name) {
    const char* const path = std::getenv("PATH");
    std::string rest = path == nullptr ? "" : path;
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find(':'), rest.size());
        if (std::filesystem::exists(std::filesystem::path(rest.substr(0, end)) / name)) return true;
        rest.erase(0, std::min(end + 1, rest.size()));
    }
    return false;
}

TEST(Catdoc, Word) {
    if (!is_installed("catdoc")) GTEST_SKIP() << "catdoc is not installed";
    std::u16string many;
    std::string long_text = "One.\n\n";
    for (int i = 0; i < 700; ++i) {
        many += u"aa ";
        long_text += "aa ";
    }
    long_text += "end.";
    struct {
        const char* what;
        std::u16string text;
        const char* read;
    } const cases[] = {
        {"paragraphs and letters of all scripts",
         u"Boats\rA boat floats \u2013 in H\u00E4fen.\r\u041F\u043E\u0440\u0442 \u6E2F.\r",
         "Boats\n\nA boat floats – in Häfen.\n\nПорт 港."},
        {"a table", u"Prices\rBoat\aPrice\a\aHeron\a120\a\aGull\a60\a\aAll are afloat.\r",
         "Prices\n\nBoat | Price\nHeron | 120\nGull | 60\n\nAll are afloat."},
        {"a link, whose address is none of the words",
         u"See \u0013 HYPERLINK \"http://example.org/\" \\o \"a tip\" \u0014the list\u0015 at "
         u"once.\r",
         "See the list at once."},
        {"a page break, and more than a sector", u"One.\f" + many + u"end.\r", long_text.c_str()},
    };
    for (const auto& c : cases)
        EXPECT_EQ(read_office(word_file(c.text), {}).text, c.read) << c.what;
    EXPECT_THAT(refusal(word_file(u"Secret.", true)).second,
                HasSubstr("encrypted with a password"));
}

TEST(Catdoc, Excel) {
    if (!is_installed("xls2csv")) GTEST_SKIP() << "xls2csv is not installed";
    const std::vector<Sheet> one{
        {"Prices",
         {{u"Boat", u"Day", u"Price"}, {u"H\u00E4ron", Day{45352}, 120}, {u"Gull", {}, 1.5}}}};
    documents::Extracted found = read_office(excel_file(one), {});
    EXPECT_EQ(found.text, "Boat | Day | Price\nHäron | 2024-03-01 | 120\nGull | | 1.5");
    EXPECT_EQ(documents::shown_places(found),
              "cells 1: Boat |  / cells 2: Häron  / cells 3: Gull | ");
    std::vector<Sheet> two = one;
    two.push_back({"Crew", {{u"Ada", u"\u0411\u043E\u0440\u0438\u0441"}}});
    found = read_office(excel_file(two), {});
    EXPECT_EQ(found.text,
              "# Sheet 1\n\nBoat | Day | Price\nHäron | 2024-03-01 | 120\nGull | | 1.5\n\n"
              "# Sheet 2\n\nAda | Борис");
    const std::vector<Sheet> quoted{{"Notes", {{u"says \"hi\"; 5|6", u"Heron, blue"}}}};
    EXPECT_EQ(read_office(excel_file(quoted), {}).text, "says \"hi\"; 5|6 | Heron, blue");
}

TEST(Catdoc, PowerPoint) {
    if (!is_installed("catppt")) GTEST_SKIP() << "catppt is not installed";
    struct {
        std::vector<std::vector<std::u16string>> slides;
        const char* read;
    } const cases[] = {
        {{{u"Tides", u"Low at six\rHigh at noon"}},
         "# Slide 1\n\nTides\n\nLow at six\n\nHigh at noon"},
        {{{u"Tides"}, {u"\u041F\u043E\u0440\u0442 \u6E2F"}},
         "# Slide 1\n\nTides\n\n# Slide 2\n\nПорт 港"},
        {{{u"Tides", u"H\u00E4fen \u2013 drei"}, {}, {u"Crew"}},
         "# Slide 1\n\nTides\n\nHäfen – drei\n\n# Slide 2\n\nCrew"},
    };
    for (const auto& c : cases) EXPECT_EQ(read_office(powerpoint_file(c.slides), {}).text, c.read);
}

// Told by the file alone: the programs would look for its end for ever, and are not started.
TEST(Catdoc, CutFiles) {
    for (const std::string& file :
         {word_file(u"A boat floats.\r"), excel_file({{"Prices", {{u"Boat", 120}}}}),
          powerpoint_file({{u"Tides"}})})
        for (const std::size_t size : {std::size_t{600}, std::size_t{1600}, file.size() - 3000}) {
            const auto [code, words] = refusal(std::string_view(file).substr(0, size));
            EXPECT_EQ(code, LECTERN_INVALID_ARGUMENT) << size;
            EXPECT_THAT(words, testing::HasSubstr("the file is cut")) << size;
        }
}

}  // namespace
}  // namespace lectern::office
