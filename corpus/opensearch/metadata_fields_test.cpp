#include "corpus/opensearch/metadata_fields.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace lectern::corpus::opensearch {
namespace {

namespace json = boost::json;
using filter::Kind;
using testing::HasSubstr;

const Kinds kinds{{"year", {Kind::number}},
                  {"topic", {Kind::string}},
                  {"on", {Kind::date}},
                  {"open", {Kind::boolean}},
                  {"author.name", {Kind::string}}};

std::string query(const char* filter) {
    std::vector<std::string> hints;
    const auto out = filter_query(filter, kinds, hints);
    return out.ok() ? json::serialize(*out) : out.status().message();
}

TEST(MetadataFields, NamesAreWrittenWithoutDots) {
    for (const char* name : {"year", "author.name", "a b", "~", "", "größe", "a~2Eb", "*"}) {
        const std::string written = field_name(name);
        EXPECT_EQ(written.find_first_of(". *"), std::string::npos) << name;
        EXPECT_FALSE(written.empty());
        EXPECT_EQ(field_of_name(written), name);
    }
    EXPECT_EQ(field_name("author.name"), "author~2Ename");
}

TEST(MetadataFields, ValuesStandByTheirKinds) {
    json::object row;
    add_fields(
        R"({"year": 1908, "tags": ["A", "b", "2020-05"], "open": false, "who": {"name": "X"}})",
        row);
    EXPECT_EQ(row["n"].at("year"), json::array({1908.0}));
    EXPECT_EQ(row["v"].at("year"), json::array({"1908"}));
    EXPECT_EQ(row["s"].at("tags"), json::array({"A", "b"}));
    EXPECT_EQ(row["f"].at("tags"), json::array({"a", "b", "2020-05"}));
    EXPECT_EQ(row["d"].at("tags"), json::array({"2020-05"}));
    EXPECT_EQ(row["t"].at("tags"), json::array({1588291200000}));
    EXPECT_EQ(row["b"].at("open"), json::array({false}));
    EXPECT_EQ(row["s"].at("who~2Ename"), json::array({"X"}));
    EXPECT_EQ(row["has"].as_array().size(), 4U);
}

TEST(MetadataFields, ConditionsBecomeQueries) {
    EXPECT_EQ(query("year = 1908"), R"({"terms":{"n.year":[1.908E3]}})");
    EXPECT_EQ(query("year >= 1908"), R"({"range":{"n.year":{"gte":1.908E3}}})");
    EXPECT_EQ(query("open = true"), R"({"term":{"b.open":true}})");
    EXPECT_EQ(query("on < 1908-02"), R"({"range":{"t.on":{"lt":-1953936000000}}})");
    EXPECT_EQ(query("author.name begins \"Jü\""), R"({"prefix":{"f.author~2Ename":"jü"}})");
    EXPECT_EQ(query("topic contains \"a*b\""), R"({"wildcard":{"f.topic":"*a\\*b*"}})");
    EXPECT_EQ(query("topic exists"), R"({"term":{"has":"topic"}})");
    EXPECT_EQ(query("not year exists"), R"({"bool":{"must_not":{"term":{"has":"year"}}}})");
    EXPECT_THAT(query("year = 1 and topic = \"x\""), HasSubstr(R"({"bool":{"filter":[)"));
    EXPECT_THAT(query("year = 1 or topic = \"x\""), HasSubstr("minimum_should_match"));
    EXPECT_THAT(query("committed > 2020-01-01"), HasSubstr(R"("committed":{"gte":1577923200000})"));
}

// As the local index says it.
TEST(MetadataFields, MistakesNameTheColumn) {
    EXPECT_THAT(query("year = \"1908\""),
                HasSubstr("'year' holds numbers, and '1908' is a string"));
    EXPECT_THAT(query("topic = \"none\" and (year > 1900 and year = \"1908\")"),
                HasSubstr("'year' holds numbers, and '1908' is a string"));
    EXPECT_THAT(query("year ="), HasSubstr("column"));
    EXPECT_THAT(query("year = 9007199254740993"), HasSubstr("2^53"));
    std::vector<std::string> hints;
    ASSERT_TRUE(filter_query("yaer = 1", kinds, hints).ok());
    ASSERT_EQ(hints.size(), 1U);
    EXPECT_THAT(hints.front(), HasSubstr("no document has the field 'yaer'"));
    EXPECT_EQ(query("yaer = 1"), R"({"match_none":{}})");
}

TEST(MetadataFields, LongValuesAreRefused) {
    const std::string long_text(longest_value + 1, 'x');
    EXPECT_FALSE(check_fields("{\"a\": \"" + long_text + "\"}").ok());
    EXPECT_TRUE(check_fields("{\"a\": \"" + long_text.substr(1) + "\"}").ok());
}

TEST(MetadataFields, TheMappingTellsTheKinds) {
    const json::value properties = json::parse(
        R"({"s": {"properties": {"topic": {}, "author~2Ename": {}}}, "n": {"properties": {"year": {}}}, "id": {}})");
    const Kinds found = kinds_of(properties.as_object());
    EXPECT_EQ(found, (Kinds{{"topic", {Kind::string}},
                            {"author.name", {Kind::string}},
                            {"year", {Kind::number}}}));
}

}  // namespace
}  // namespace lectern::corpus::opensearch
