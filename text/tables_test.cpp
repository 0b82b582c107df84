#include "text/tables.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace lectern::text {
namespace {

using testing::ElementsAre;

TEST(TableRow, ByItsBars) {
    for (const char* row : {"| Heron", "Heron | 12", "|", "|---|"})
        EXPECT_TRUE(is_table_row(row)) << row;
    for (const char* line : {"", "Heron", "a|b", "x |", "a || b"})
        EXPECT_FALSE(is_table_row(line)) << line;
}

TEST(TableRuler, IsOfDashesAlone) {
    for (const char* ruler : {"|---|--:|", "--- | ---", "| :-: |", "---"})
        EXPECT_TRUE(is_table_ruler(ruler)) << ruler;
    for (const char* line : {"", "| |", "|--x--|", "| - Heron |"})
        EXPECT_FALSE(is_table_ruler(line)) << line;
}

TEST(TableCells, BarsAtTheEdgesAreNone) {
    EXPECT_THAT(table_cells("| Boat | Length |"), ElementsAre("Boat", "Length"));
    EXPECT_THAT(table_cells("Boat | Length\r"), ElementsAre("Boat", "Length"));
    EXPECT_THAT(table_cells("| | 12 |\t|"), ElementsAre("", "12", ""));
    EXPECT_THAT(table_cells("| Boat"), ElementsAre("Boat"));
    EXPECT_THAT(table_cells(""), ElementsAre(""));
}

TEST(NamesColumns, NoNumbersNoValuesNoGaps) {
    for (const char* row :
         {"Boat | Price", "| Boat | Price |", "| | North | South |", "Gr\u00F6\u00DFe | \u5024"})
        EXPECT_TRUE(names_columns(row)) << row;
    for (const char* row : {"", "Boat", "| Boat |", "| | Boat |", "Heron | 120", "Boat | | Price",
                            "Boat | Price | |", "Boat: Heron | Price: 120", "--- | ---"})
        EXPECT_FALSE(names_columns(row)) << row;
}

}  // namespace
}  // namespace lectern::text
