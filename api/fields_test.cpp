#include "api/fields.hpp"

#include <gtest/gtest.h>

#include <string>

namespace lectern::api {
namespace {

TEST(ParseJsonTest, AKeyThatStandsTwiceIsRefusedAndNamed) {
    const struct {
        const char* text;
        const char* key;
        std::size_t at;
    } cases[] = {{R"({"k":1,"k":2})", "k", 8},
                 {R"({"a":{"b":1,"c":[{"d":1,"d":1}]}})", "d", 25},
                 {R"({"a":1,"b":{"a":1,"a":2},"b":3})", "a", 19},
                 {R"({"ab":1,"a\u0062":2})", "ab", 9},
                 {R"([{"":1},{"":1,"":2}])", "", 15},
                 {R"({"x\"y":1, "x\"y":2})", "x\"y", 12},
                 {R"({"m":{"n":1},"m":{"n":1}})", "m", 14},
                 {"\xEF\xBB\xBF{\"k\":1,\"k\":2}", "k", 8}};
    for (const auto& each : cases) {
        std::size_t bad = 0;
        const auto value = parse_json(each.text, &bad);
        ASSERT_FALSE(value.ok()) << each.text;
        const std::string says = "the key '" + std::string(each.key) + "' stands twice";
        EXPECT_EQ(value.status().message().find(says), 0U) << value.status().message();
        EXPECT_EQ(bad, each.at) << each.text;
    }
}

TEST(ParseJsonTest, KeysOfDifferentObjectsAndTextsMayBeTheSame) {
    for (const char* text :
         {R"({"a":{"a":{"a":1}}})", R"([{"a":1},{"a":1}])", R"({"a":"a","b":"a"})",
          R"({"a":["a","a","b:","{\"a\":1,\"a\":1}"]})", R"({"a":1,"A":2,"a ":3})", R"("a")",
          R"({"a\\":1,"a\"":2})", "{}", "[]", " 1 "})
        EXPECT_TRUE(parse_json(text).ok()) << text;
}

TEST(FieldsTest, AParameterThatIsGivenOnceIsAListOfOneWhereTextsAreWanted) {
    Fields fields(std::vector<std::pair<std::string, std::string>>{
        {"one", "a"}, {"two", "a"}, {"two", "b"}, {"json", R"(["a", "b"])"}, {"number", "7"}});
    const auto size = [&](const char* name) {
        return fields.given(name, Reading::texts)->as_array().size();
    };
    EXPECT_EQ(size("one"), 1U);
    EXPECT_EQ(size("two"), 2U);
    EXPECT_EQ(size("json"), 2U);
    EXPECT_EQ(*fields.given("number", Reading::value), 7);
    EXPECT_EQ(fields.given("none", Reading::value), nullptr);
    EXPECT_TRUE(fields.done().ok());
}

}  // namespace
}  // namespace lectern::api
