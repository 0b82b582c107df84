#include "index/metadata/table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "index/metadata/parser.hpp"

namespace lectern::filter {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::int64_t day = 86'400'000;

// Five documents of two chunks each: chunks 1 and 2, 3 and 4, … 9 and 10.
Table library() {
    Table out;
    const auto add = [&](std::string_view id, std::string_view title, std::string_view metadata,
                         std::uint64_t first) {
        out.add({id, title, metadata, static_cast<std::int64_t>(first) * day, first, 2});
    };
    add("a", "Alpha", R"({"year": 2019, "tags": ["red", "Blue"], "on": "2019-05-17"})", 1);
    add("b", "Beta", R"({"year": 2020, "tags": "red", "open": true, "on": "2020-05-17T10:00Z"})",
        3);
    add("docs/c", "", R"({"year": 2021, "source": "x", "mixed": 1, "open": false})", 5);
    add("docs/d", "Größe", R"({"source": "y", "mixed": "one", "id": "inner"})", 7);
    add("e", "Alpha", "", 9);
    return out;
}

std::string chosen(const Table& table, const std::string& text) {
    const auto tree = parse(text);
    if (!tree.ok()) return tree.status().message();
    const auto selection = table.select(*tree);
    if (!selection.ok()) return selection.status().message();
    std::string out;
    for (const std::uint64_t chunk : table.chunks(*selection))
        if (chunk % 2 == 1) out += static_cast<char>('a' + chunk / 2);
    return out;
}

TEST(Table, ChoosesDocuments) {
    const Table table = library();
    struct Case {
        const char* filter;
        const char* documents;
    };
    const std::vector<Case> cases{
        {"year = 2020", "b"},
        {"year != 2020", "acde"},
        {"year >= 2020", "bc"},
        {"year > 2020", "c"},
        {"year < 2020.5", "ab"},
        {"year <= 2019", "a"},
        {"year in (2019, 2021)", "ac"},
        {"year not in (2019, 2021)", "bde"},
        {"year exists", "abc"},
        {"year not exists", "de"},
        {"tags = 'red'", "ab"},
        {"tags in ('Blue')", "a"},
        {"not tags in ('red', 'x')", "cde"},
        {"tags contains 'BLU'", "a"},
        {"tags begins 're'", "ab"},
        {"open = true", "b"},
        {"open = false", "c"},
        {"on = 2019-05", "a"},
        {"on = 2020-05-17", "b"},
        {"on = \"2020-05-17\"", "b"},
        {"on = '2020-05-17T10:00Z'", "b"},
        {"on < 2020-05-17", "a"},
        {"on <= 2020-05-17", "ab"},
        {"on > 2019-05-17", "b"},
        {"on >= 2020-05-17T10:00Z", "b"},
        {"on > 2020-05-17T10:00Z", ""},
        {"on begins '2020'", "b"},
        {"mixed = 1", "c"},
        {"mixed = 'one'", "d"},
        {"id = 'docs/c'", "c"},
        {"id begins 'DOCS/'", "cd"},
        {"id > 'b'", "cde"},
        {"metadata.id = 'inner'", "d"},
        {"title = 'Alpha'", "ae"},
        {"title contains 'GRÖSSE'", "d"},
        {"title exists", "abde"},
        {"committed = 1970-01-04", "b"},  // day 3
        {"committed >= 1970-01-06", "cde"},
        {"committed exists", "abcde"},
        {"year >= 2020 and source = \"x\" or not tags in (\"red\",\"b\")", "cde"},
        {"year = 2019 or year = 2020 and tags = 'Blue'", "a"},
        {"(year = 2019 or year = 2020) and tags = 'Blue'", "a"},
        {"yaer = 2020", ""},
        {"not yaer = 2020", "abcde"},
    };
    for (const Case& one : cases) EXPECT_EQ(chosen(table, one.filter), one.documents) << one.filter;
}

TEST(Table, WholeNumbersOf64BitsAreExact) {
    Table table;
    std::uint64_t first = 1;
    for (const char* number :
         {"1746714878034235396", "1746714878034235397", "-1746714878034235397",
          "18446744073709551614", "18446744073709551615", "9007199254740993", "0.5", "1e18"}) {
        const std::string metadata = std::string("{\"user\": ") + number + "}";
        table.add({"id" + std::to_string(first), "", metadata, 0, first, 2});
        first += 2;
    }
    struct Case {
        const char* filter;
        const char* documents;
    };
    const std::vector<Case> cases{
        {"user = 1746714878034235396", "a"},
        {"user = 1746714878034235397", "b"},
        {"user = +1746714878034235397", "b"},
        {"user = 1746714878034235398", ""},
        {"user = -1746714878034235397", "c"},
        {"user in (1746714878034235396, 18446744073709551614)", "ad"},
        {"user > 1746714878034235396 and user < 18446744073709551615", "bd"},
        {"user >= 1746714878034235397", "bde"},
        {"user <= -1746714878034235397", "c"},
        {"user < -1746714878034235396", "c"},
        {"user < -1746714878034235397", ""},
        {"user = 18446744073709551615", "e"},
        {"user = 9007199254740993", "f"},
        {"user = 9007199254740992", ""},
        {"user = 9007199254740992.0", ""},
        {"user < 1", "cg"},
        {"user = 5e-1", "g"},
        {"user = 1000000000000000000", "h"},
    };
    for (const Case& one : cases) EXPECT_EQ(chosen(table, one.filter), one.documents) << one.filter;
}

TEST(Table, NamesKindsThatDoNotFit) {
    const Table table = library();
    struct Case {
        const char* filter;
        const char* message;
    };
    const std::vector<Case> cases{
        {"year = '2020'", "filter, column 8: 'year' holds numbers, and '2020' is a string"},
        {"open = 1 or year = true",
         "filter, column 8: 'open' holds booleans (true, false), and '1' is a number"},
        {"on >= 2020", "filter, column 7: 'on' holds dates, and '2020' is a number; a date is"},
        {"tags in ('red', 3)", "filter, column 17: 'tags' holds strings, and '3' is a number"},
        {"year contains '2'", "filter, column 15: 'year' holds numbers, and '2' is a string"},
        {"id = 3", "filter, column 6: 'id' holds strings, and '3' is a number"},
        {"committed = 'x'", "filter, column 13: 'committed' holds dates, and 'x' is a string"},
        {"mixed = true", "filter, column 9: 'mixed' holds strings and numbers, and 'true'"},
    };
    for (const Case& one : cases)
        EXPECT_THAT(chosen(table, one.filter), HasSubstr(one.message)) << one.filter;
}

TEST(Table, HoldsWhatStandsBehindAnAndAgainstWhatIsLeft) {
    Table table;
    table.add({"a", "", R"({"tenant": "x", "n": 1})", 0, 1, 1});
    table.add({"b", "", R"({"tenant": "y", "n": "one", "price": 7})", 0, 2, 1});
    table.sort();
    struct Case {
        const char* filter;
        const char* says;  // the documents, or what is wrong
    };
    const std::vector<Case> cases{
        // Of x no document has a price: that another's is a number is not told.
        {"tenant = 'x' and price = 'much'", ""},
        {"tenant = 'x' and not price = 'much'", "a"},
        {"tenant = 'x' and (n = 1 or price = true)", "a"},
        {"tenant = 'x' and (n = 1 and price = 'much')", ""},
        {"tenant = 'x' and n = 1", "a"},
        {"tenant = 'z' and n = true", ""},
    };
    for (const Case& one : cases) EXPECT_EQ(chosen(table, one.filter), one.says) << one.filter;
    const std::vector<Case> wrong{
        {"tenant = 'x' and n = 'one'", "'n' holds numbers, and 'one' is a string"},
        {"tenant = 'y' and n = 1", "'n' holds strings, and '1' is a number"},
        {"tenant = 'y' and price = 'much'", "'price' holds numbers, and 'much' is a string"},
        {"tenant = 'y' and (n = 'one' and price = 'much')", "'price' holds numbers"},
        {"price = 'much' and tenant = 'x'", "'price' holds numbers"},
        {"tenant = 'x' or price = 'much'", "'price' holds numbers"},
    };
    for (const Case& one : wrong)
        EXPECT_THAT(chosen(table, one.filter), HasSubstr(one.says)) << one.filter;
}

TEST(Table, HintsAtFieldsThatNoDocumentHas) {
    const auto selection = library().select(*parse("yaer = 1 or yaer = 2"));
    ASSERT_TRUE(selection.ok());
    EXPECT_THAT(selection->hints,
                ElementsAre("no document has the field 'yaer'; there are: committed, id, title, "
                            "metadata.id, mixed, on, open, source, tags, year"));
}

TEST(Table, LeavesRemovedDocumentsOut) {
    Table table = library();
    table.remove(3, 7);  // b and c
    EXPECT_EQ(chosen(table, "committed exists"), "ade");
    EXPECT_EQ(chosen(table, "not year = 1"), "ade");
    EXPECT_EQ(table.removed(), 2U);
    table.remove(3, 7);
    EXPECT_EQ(table.removed(), 2U);
    EXPECT_FALSE(table.sort_key(3, "year", false).present);
    // Added out of order, as when all are read by id.
    table.add({"z", "", R"({"year": 1})", 0, 30, 2});
    table.add({"y", "", R"({"year": 1})", 0, 20, 2});
    table.sort();
    EXPECT_THAT(table.chunks(*table.select(*parse("year = 1"))), ElementsAre(20, 21, 30, 31));
}

TEST(Table, CountsFacets) {
    const Table table = library();
    const auto facet = [&](const char* field) {
        std::string out;
        for (const FacetCount& count : table.facet(field, table.everything(), 3))
            out += count.value + ":" + std::to_string(count.documents) + " ";
        return out;
    };
    EXPECT_EQ(facet("tags"), "red:2 Blue:1 ");
    EXPECT_EQ(facet("year"), "2019:1 2020:1 2021:1 ");
    EXPECT_EQ(facet("open"), "false:1 true:1 ");
    EXPECT_EQ(facet("title"), "Alpha:2 :1 Beta:1 ");
    EXPECT_EQ(facet("committed"), "1970-01-02:1 1970-01-04:1 1970-01-06:1 ");
    EXPECT_EQ(facet("nothing"), "");
}

TEST(Table, SortsByFieldsMissingOnesLast) {
    const Table table = library();
    const auto order = [&](const char* field, bool descending) {
        std::vector<std::uint64_t> chunks{9, 7, 6, 4, 1};
        std::stable_sort(chunks.begin(), chunks.end(), [&](std::uint64_t a, std::uint64_t b) {
            return sorts_before(table.sort_key(a, field, descending),
                                table.sort_key(b, field, descending), descending);
        });
        return chunks;
    };
    EXPECT_THAT(order("year", false), ElementsAre(1, 4, 6, 9, 7));
    EXPECT_THAT(order("year", true), ElementsAre(6, 4, 1, 9, 7));
    EXPECT_THAT(order("tags", false), ElementsAre(1, 4, 9, 7, 6));  // "Blue" before "red"
    EXPECT_THAT(order("id", true), ElementsAre(9, 7, 6, 4, 1));
    EXPECT_THAT(order("committed", false), ElementsAre(1, 4, 6, 7, 9));
    EXPECT_THAT(order("title", false), ElementsAre(9, 1, 4, 7, 6));
}

}  // namespace
}  // namespace lectern::filter
