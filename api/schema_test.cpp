// The check that requests, pipeline files and the command line share. What plugins say of their
// options: engine/plugin_host/option_schema_test.cpp.
#include "api/schema.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <string>

namespace lectern::api {
namespace {

namespace json = boost::json;

Schema one(Type type) {
    Schema out;
    out.types = {type};
    return out;
}

Schema ranged(Type type, std::optional<double> least, std::optional<double> most) {
    Schema out = one(type);
    out.minimum = least;
    out.maximum = most;
    return out;
}

Schema list_of(Schema item, std::size_t least) {
    Schema out = one(Type::array);
    out.items.push_back(std::move(item));
    out.min_items = least;
    return out;
}

Schema words() {
    Schema out = one(Type::string);
    out.choices = {"red", "blue"};
    return out;
}

Schema text(std::size_t least) {
    Schema out = one(Type::string);
    out.min_length = least;
    return out;
}

TEST(SchemaTest, ValuesThatFitAreGivenBackAndOthersAreComplainedOf) {
    const struct {
        Schema schema;
        const char* value;
        const char* out;   // nullptr: it does not fit
        const char* must;  // be, when it does not fit
    } cases[] = {
        {ranged(Type::integer, 1, 100), "5", "5", ""},
        {ranged(Type::integer, 1, 100), "5.0", "5", ""},
        {ranged(Type::integer, 1, 100), "5.5", nullptr, "a whole number from 1 to 100"},
        {ranged(Type::integer, 1, 100), "0", nullptr, "a whole number from 1 to 100"},
        {ranged(Type::integer, 1, 100), "\"5\"", nullptr, "a whole number from 1 to 100"},
        {ranged(Type::integer, 0, {}), "-1", nullptr, "a whole number, 0 or more"},
        {ranged(Type::number, 0, 1), "0.25", "2.5E-1", ""},
        {ranged(Type::number, 0, 1), "1.5", nullptr, "a number from 0 to 1"},
        {ranged(Type::number, 0.001, 0.5), "1", nullptr, "a number from 0.001 to 0.5"},
        {one(Type::number), "true", nullptr, "a number"},
        {one(Type::boolean), "1", nullptr, "true or false"},
        {words(), "\"blue\"", "\"blue\"", ""},
        {words(), "\"green\"", nullptr, "one of: red, blue"},
        {words(), "7", nullptr, "one of: red, blue"},
        {text(0), "\"\"", "\"\"", ""},
        {text(1), "\"\"", nullptr, "a string that is not empty"},
        {text(3), "\"\u00e4\u00f6\"", nullptr, "a string that is not empty"},
        {list_of(one(Type::string), 0), "[]", "[]", ""},
        {list_of(one(Type::string), 1), "[]", nullptr, "a list of strings, one at least"},
        {list_of(one(Type::string), 0), "[\"a\", 1]", nullptr, "a string"},
        {list_of(ranged(Type::number, -3.4e38, 3.4e38), 0), "{}", nullptr,
         "a list of numbers, each within 3.4e38"},
        {Schema{}, "{\"anything\": [null]}", "{\"anything\":[null]}", ""},
    };
    for (const auto& each : cases) {
        Complaints complaints;
        const json::value out = check(each.schema, json::parse(each.value), "", complaints);
        if (each.out != nullptr) {
            EXPECT_TRUE(complaints.empty()) << each.value;
            EXPECT_EQ(json::serialize(out), each.out);
        } else {
            ASSERT_EQ(complaints.size(), 1U) << each.value;
            EXPECT_EQ(complaints.front().must, each.must) << each.value;
        }
    }
}

TEST(SchemaTest, WhatIsWrittenAsJsonSchemaReadsBackTheSame) {
    const char* text = R"({"type":"object","properties":{)"
                       R"("k":{"type":"integer","minimum":1,"maximum":100,"default":10,)"
                       R"("description":"Most hits."},"mode":{"enum":["a","b"]},)"
                       R"("deep":{"type":"array","items":{"type":["string","null"]}}},)"
                       R"("required":["mode"],"additionalProperties":false})";
    const auto schema = parse_schema(json::parse(text));
    ASSERT_TRUE(schema.ok()) << schema.status().message();
    EXPECT_EQ(json::serialize(json_of(*schema)), text);
}

}  // namespace
}  // namespace lectern::api
