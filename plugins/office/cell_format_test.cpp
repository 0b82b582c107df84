#include "office/cell_format.hpp"

#include <gtest/gtest.h>

namespace lectern::office {
namespace {

TEST(CellFormat, OfCodes) {
    struct {
        const char* code;
        CellFormat format;
    } const cases[] = {
        {"General", CellFormat::general},
        {"0.00", CellFormat::general},
        {"yyyy\\-mm\\-dd", CellFormat::date},
        {"[$-407]d. mmm yyyy;@", CellFormat::date},
        {"h:mm", CellFormat::time},
        {"[h]:mm:ss", CellFormat::time},
        {"dd/mm/yyyy hh:mm", CellFormat::date_time},
        {"0.0%", CellFormat::percent},
        {"#,##0 \"days\"", CellFormat::general},
        {"[Red]0.00", CellFormat::general},
        {"0;\"yyyy\"", CellFormat::general},
        {"", CellFormat::general},
    };
    for (const auto& c : cases) EXPECT_EQ(format_of(c.code), c.format) << c.code;
}

TEST(CellFormat, Shown) {
    struct {
        const char* number;
        CellFormat format;
        bool from_1904;
        const char* text;
    } const cases[] = {
        {"0.30000000000000004", CellFormat::general, false, "0.3"},
        {"1250", CellFormat::general, false, "1250"},
        {"1e3", CellFormat::general, false, "1000"},
        {"45352", CellFormat::date, false, "2024-03-01"},
        {"1", CellFormat::date, false, "1900-01-01"},
        {"61", CellFormat::date, false, "1900-03-01"},
        {"43890", CellFormat::date, true, "2024-03-01"},
        {"45352.604166666664", CellFormat::date_time, false, "2024-03-01 14:30"},
        {"0.5", CellFormat::time, false, "12:00"},
        {"1.5", CellFormat::time, false, "36:00"},
        {"0.125", CellFormat::percent, false, "12.5%"},
        {"-3", CellFormat::date, false, "-3"},
        {"1e300", CellFormat::date, false, "1e+300"},
        {"text", CellFormat::date, false, "text"},
    };
    for (const auto& c : cases)
        EXPECT_EQ(shown(c.number, c.format, c.from_1904), c.text) << c.number;
}

}  // namespace
}  // namespace lectern::office
