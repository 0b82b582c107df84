#include "passages/tables.hpp"

#include <gtest/gtest.h>

#include <string>

namespace lectern::passages {
namespace {

// The header of the table that `mark` stands in, or "".
std::string header(std::string_view text, std::string_view mark) {
    Tables tables(text);
    tables.read_to(text.size());
    const auto found = tables.header_at(text.find(mark));
    return found ? std::string(piece(text, *found)) : std::string{};
}

TEST(Tables, HeadersOfColumns) {
    struct {
        const char* what;
        const char* text;
        const char* at;
        const char* header;
    } const cases[] = {
        {"as extractors write it", "Boat | Price\nHeron | 120\nKestrel | 80", "Kestrel",
         "Boat | Price"},
        {"a row below it", "Boat | Price\nHeron | 120\nKestrel | 80", "Heron", "Boat | Price"},
        {"itself", "Boat | Price\nHeron | 120", "Boat", ""},
        {"Markdown", "| 2024 | 1 |\n|---|--:|\n| Heron | 120 |", "Heron", "| 2024 | 1 |"},
        {"Markdown without bars at the ends", "Boat | Price\n--- | ---\nHeron | 120", "Heron",
         "Boat | Price"},
        {"numbers name no columns", "Heron | 120\nKestrel | 80\nGull | 60", "Gull", ""},
        {"rows that name their values", "Boat: Heron | Price: 120\nBoat: Gull | Price: 60", "Gull",
         ""},
        {"an empty cell", "Boat | | Price\nHeron | 4 | 120\nGull | 3 | 60", "Gull", ""},
        {"one column is no table", "| Boat\n| Heron\n| Gull", "Gull", ""},
        {"behind the table", "Boat | Price\nHeron | 120\n\nGulls are birds.", "Gulls", ""},
        {"another table", "Boat | Price\nHeron | 120\n\nName | Age\nAda | 36\nBob | 40", "Bob",
         "Name | Age"},
        {"code", "```\nA | B\nc | d\ne | f\n```", "e", ""},
        {"code with the other fence in it", "~~~\n```\nA | B\nc | d\ne | f\n~~~", "e", ""},
        {"characters", "Größe | Länge\nHäfen | 12\nÖre | 13", "Öre", "Größe | Länge"},
    };
    for (const auto& c : cases) EXPECT_EQ(header(c.text, c.at), c.header) << c.what;
    const std::string long_row = std::string(2000, 'x') + " | Price";
    EXPECT_EQ(header(long_row + "\nHeron | 1\nGull | 2", "Gull"), "") << "too long to repeat";
}

TEST(Tables, GoOnInTheNextPart) {
    const std::string text = "Boat | Price\nHeron | 120\nKestrel | 80\nGull | 60\n";
    Tables tables(text);
    tables.read_to(text.find("Kestrel"));
    EXPECT_FALSE(tables.header_at(text.find("Kestrel")));
    tables.read_to(text.size());
    EXPECT_TRUE(tables.header_at(text.find("Kestrel")));
    EXPECT_TRUE(tables.header_at(text.find("60")));
    EXPECT_FALSE(tables.header_at(text.size()));
    EXPECT_TRUE(tables.is_header(text.find("Price")));
    EXPECT_FALSE(tables.is_header(text.find("Heron")));
}

}  // namespace
}  // namespace lectern::passages
