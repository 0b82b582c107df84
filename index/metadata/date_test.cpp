#include "index/metadata/date.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace lectern::filter {
namespace {

constexpr std::int64_t second = 1000;
constexpr std::int64_t day = 86400 * second;

TEST(Date, IsAStretchOfTimeAsLongAsItIsWritten) {
    struct Case {
        const char* text;
        TimeSpan span;
    };
    // Days since 1970: 2020-02-01 is 18293, 2020-03-01 is 18322 (a leap year), 2020-12-01 is 18597.
    const std::vector<Case> cases{
        {"1970-01-01", {0, day}},
        {"1969-12-31", {-day, 0}},
        {"2020-02", {18293 * day, 18322 * day}},
        {"2020-12", {18597 * day, 18628 * day}},
        {"2020-02-29", {18321 * day, 18322 * day}},
        {"1970-01-01T00:01", {60 * second, 120 * second}},
        {"1970-01-01 00:01", {60 * second, 120 * second}},
        {"1970-01-01T00:00:01Z", {second, 2 * second}},
        {"1970-01-01T00:00:01.5Z", {1500, 1501}},
        {"1970-01-01T00:00:01.123456Z", {1123, 1124}},
        {"1970-01-01T01:00+01:00", {0, 60 * second}},
        {"1969-12-31T18:30:00-0530", {0, second}},
    };
    for (const Case& one : cases) {
        const auto span = parse_date(one.text);
        ASSERT_TRUE(span.has_value()) << one.text;
        EXPECT_EQ(*span, one.span) << one.text;
    }
}

TEST(Date, NothingElseIsADate) {
    for (const char* text :
         {"", "2020", "2020-", "2020-13", "2020-00", "2021-02-29", "2020-2-1", "20200101",
          "2020-01-01T", "2020-01-01T1:00", "2020-01-01T24:00", "2020-01-01T10:00:00.",
          "2020-01-01T10:00X", "2020-01-01T10:00+1", "2020-01-01x", " 2020-01-01", "12020-01-01"})
        EXPECT_FALSE(parse_date(text).has_value()) << text;
}

TEST(Date, IsWrittenBack) {
    EXPECT_EQ(format_date(0), "1970-01-01T00:00:00.000Z");
    EXPECT_EQ(format_date(18321 * day + 3661001), "2020-02-29T01:01:01.001Z");
    EXPECT_EQ(format_date(-1), "1969-12-31T23:59:59.999Z");
}

}  // namespace
}  // namespace lectern::filter
