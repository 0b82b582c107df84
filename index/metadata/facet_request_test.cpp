#include "index/metadata/facet_request.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "index/metadata/table.hpp"

namespace lectern::filter {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(FacetRequest, ReadsAFieldAndItsBounds) {
    const struct {
        const char* text;
        const char* field;
        std::vector<std::string> ranges;
    } cases[] = {
        {"year", "year", {}},
        {"year(1990)", "year", {"..1990", "1990.."}},
        {"year( 1990 , 2000 )", "year", {"..1990", "1990..2000", "2000.."}},
        {"a.b(-0.5, 1e3)", "a.b", {"..-0.5", "-0.5..1e3", "1e3.."}},
        {"`any (field)`(1)", "any (field)", {"..1", "1.."}},
        {"day(2020-01, 2021-01-15)", "day", {"..2020-01", "2020-01..2021-01-15", "2021-01-15.."}},
        {"id(1746714878034235396, 1746714878034235397)",
         "id",
         {"..1746714878034235396", "1746714878034235396..1746714878034235397",
          "1746714878034235397.."}},
    };
    for (const auto& row : cases) {
        const auto read = parse_facet(row.text);
        ASSERT_TRUE(read.ok()) << row.text << ": " << read.status().message();
        EXPECT_EQ(read->field, row.field);
        if (row.ranges.empty()) continue;
        EXPECT_EQ(range_names(read->bounds), row.ranges);
    }
}

TEST(FacetRequest, RefusesBoundsThatMakeNoRanges) {
    const struct {
        const char* text;
        const char* what;
    } cases[] = {
        {"year()", "no field with bounds"},
        {"year(2000, 1990)", "do not ascend"},
        {"year(1990, 1990)", "do not ascend"},
        {"year(1990, 2020-01)", "mixes numbers and dates"},
        {"year(\"a\")", "'a', which is no number"},
        {"(1)", "no field with bounds"},
        {"year(1) or x in (2)", "no field with bounds"},
    };
    for (const auto& row : cases) {
        const auto read = parse_facet(row.text);
        ASSERT_FALSE(read.ok()) << row.text;
        EXPECT_EQ(read.status().code(), Code::invalid_argument);
        EXPECT_THAT(read.status().message(), HasSubstr(row.what)) << row.text;
    }
}

Table table_of(const std::vector<std::string>& metadata) {
    Table out;
    std::uint64_t chunk = 1;
    for (const std::string& object : metadata)
        out.add({"d" + std::to_string(chunk), "", object, 0, chunk++, 1});
    out.sort();
    return out;
}

std::vector<std::string> counted(const Table& table, const char* facet) {
    const auto request = parse_facet(facet);
    std::vector<std::string> out;
    for (const FacetCount& one : table.ranges(request->field, table.everything(), request->bounds))
        out.push_back(one.value + "=" + std::to_string(one.documents));
    return out;
}

// Neighbours that a double cannot tell apart.
TEST(Ranges, WholeNumbersOfSixtyFourBitsAreExact) {
    const Table table = table_of({R"({"n": 1746714878034235396})", R"({"n": 1746714878034235397})",
                                  R"({"n": 1746714878034235397})", R"({"n": -1})"});
    EXPECT_THAT(counted(table, "n(1746714878034235397)"),
                ElementsAre("..1746714878034235397=2", "1746714878034235397..=2"));
    const Statistics numbers = table.statistics("n", table.everything());
    EXPECT_EQ(numbers.count, 4U);
    EXPECT_EQ(to_text({Kind::number, numbers.most, 0, {}}), "1746714878034235397");
    EXPECT_EQ(to_text({Kind::number, numbers.least, 0, {}}), "-1");
}

TEST(Ranges, CountADocumentOnceInEachThatAValueLiesIn) {
    const Table table =
        table_of({R"({"n": [1, 2, 15]})", R"({"n": 10})", R"({"n": "text"})", "{}"});
    EXPECT_THAT(counted(table, "n(10, 20)"), ElementsAre("..10=1", "10..20=2", "20..=0"));
    const Statistics numbers = table.statistics("n", table.everything());
    EXPECT_EQ(numbers.count, 4U);
    EXPECT_DOUBLE_EQ(numbers.sum, 28);
    EXPECT_EQ(table.statistics("other", table.everything()).count, 0U);
}

TEST(Ranges, OfDates) {
    const Table table = table_of({R"({"on": "2020-05-17"})", R"({"on": "2021-01-01"})"});
    EXPECT_THAT(counted(table, "on(2020-06, 2021-01)"),
                ElementsAre("..2020-06=1", "2020-06..2021-01=0", "2021-01..=1"));
}

}  // namespace
}  // namespace lectern::filter
