#include "engine/plugin_host/option_schema.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace lectern::host {
namespace {

constexpr const char* schema_text = R"({
  "type": "object",
  "properties": {
    "model":     {"type": "string", "description": "a folder"},
    "pooling":   {"type": "string", "enum": ["mean", "cls", "max"], "default": "mean"},
    "batch":     {"type": "integer", "minimum": 1, "maximum": 1024, "default": 64},
    "rate":      {"type": "number", "minimum": 0.5},
    "normalise": {"type": "boolean", "default": true},
    "size":      {"type": ["integer", "string"]},
    "stop":      {"type": "array", "items": {"type": "string"}, "default": ["a"]},
    "window":    {"type": "object", "properties": {
                    "left":  {"type": "integer", "default": 2},
                    "right": {"type": "integer"}}, "required": ["right"]},
    "extra":     {"type": "object"},
    "maybe":     {"type": ["string", "null"]},
    "any":       {}
  },
  "required": ["model"]
})";

boost::json::object object(std::string_view json) {
    return boost::json::parse(json).as_object();
}

Result<boost::json::object> apply(std::string_view options) {
    const auto schema = OptionSchema::parse(schema_text);
    EXPECT_TRUE(schema) << schema.status().message();
    return schema->apply(object(options), "stages.v.options", {});
}

TEST(OptionSchema, FillsDefaultsIn) {
    const auto options = apply(R"({"model": "m"})");
    ASSERT_TRUE(options) << options.status().message();
    EXPECT_EQ(boost::json::serialize(*options),
              R"({"model":"m","pooling":"mean","batch":64,"normalise":true,"stop":["a"]})");
}

TEST(OptionSchema, TakesWhatFits) {
    const auto options = apply(
        R"({"model": "m", "pooling": "cls", "batch": 3.0, "rate": 1, "normalise": null,
            "size": "large", "stop": [], "window": {"right": 5}, "extra": {"x": [1]},
            "maybe": null, "any": {"thing": 1}})");
    ASSERT_TRUE(options) << options.status().message();
    EXPECT_EQ(boost::json::serialize(*options),
              R"({"model":"m","pooling":"cls","batch":3,"rate":1,"normalise":true,)"
              R"("size":"large","stop":[],"window":{"left":2,"right":5},"extra":{"x":[1]},)"
              R"("maybe":null,"any":{"thing":1}})");
}

TEST(OptionSchema, WrongOptionsAreRefusedWithTheirPath) {
    const struct {
        const char* options;
        const char* message;
    } table[] = {
        {R"({})", "stages.v.options.model: not given, and it is required; add it"},
        {R"({"model": 12})",
         "stages.v.options.model: 12 does not fit; give it text (put it in quotes)"},
        {R"({"model": ["m"]})", "stages.v.options.model: a list does not fit; give it text"},
        {R"({"model": "m", "poling": "cls"})",
         "stages.v.options.poling: unknown option; did you mean 'pooling'?"},
        {R"({"model": "m", "colour": 1})",
         "stages.v.options.colour: unknown option; known options: model, pooling, batch, rate, "
         "normalise, size, stop, window, extra, maybe, any"},
        {R"({"model": "m", "pooling": "sum"})",
         "stages.v.options.pooling: 'sum' is not a choice; choose one of mean, cls, max"},
        {R"({"model": "m", "batch": 0})", "stages.v.options.batch: 0 is too small; the least is 1"},
        {R"({"model": "m", "batch": 2000})",
         "stages.v.options.batch: 2000 is too large; the most is 1024"},
        {R"({"model": "m", "batch": 2.5})",
         "stages.v.options.batch: 2.5 does not fit; give it a whole number"},
        {R"({"model": "m", "batch": "many"})",
         "stages.v.options.batch: 'many' does not fit; give it a whole number"},
        {R"({"model": "m", "rate": 0.25})",
         "stages.v.options.rate: 0.25 is too small; the least is 0.5"},
        {R"({"model": "m", "normalise": "yes"})",
         "stages.v.options.normalise: 'yes' does not fit; give it true or false"},
        {R"({"model": "m", "size": true})",
         "stages.v.options.size: true does not fit; give it a whole number or text"},
        {R"({"model": "m", "stop": ["a", 2]})",
         "stages.v.options.stop.1: 2 does not fit; give it text (put it in quotes)"},
        {R"({"model": "m", "stop": "a"})",
         "stages.v.options.stop: 'a' does not fit; give it a list"},
        {R"({"model": "m", "window": {}})",
         "stages.v.options.window.right: not given, and it is required; add it"},
        {R"({"model": "m", "window": {"right": 1, "lift": 1}})",
         "stages.v.options.window.lift: unknown option; did you mean 'left'?"},
        {R"({"model": 1, "batch": 0})",
         "stages.v.options.model: 1 does not fit; give it text (put it in quotes)\n"
         "stages.v.options.batch: 0 is too small; the least is 1"},
    };
    for (const auto& row : table) {
        const auto options = apply(row.options);
        ASSERT_FALSE(options) << row.options;
        EXPECT_EQ(options.status().code(), Code::invalid_argument);
        EXPECT_EQ(options.status().message(), row.message);
    }
}

TEST(OptionSchema, NamesThePlaceWhenItIsKnown) {
    const auto schema = OptionSchema::parse(schema_text);
    ASSERT_TRUE(schema);
    const auto options = schema->apply(
        object(R"({"window": {"right": "x"}})"), "stages.v.options", [](std::string_view path) {
            return path == "window/right" ? std::string("bert.yaml:9:7")
                                          : std::string("bert.yaml:1:1");
        });
    ASSERT_FALSE(options);
    EXPECT_EQ(options.status().message(),
              "bert.yaml:1:1: stages.v.options.model: not given, and it is required; add it\n"
              "bert.yaml:9:7: stages.v.options.window.right: 'x' does not fit; give it a whole "
              "number");
}

TEST(OptionSchema, AStageWithoutOptionsTakesNone) {
    const auto schema = OptionSchema::parse("");
    ASSERT_TRUE(schema);
    EXPECT_TRUE(schema->apply({}, "o", {}).ok());
    EXPECT_EQ(schema->apply(object(R"({"a": 1})"), "o", {}).status().message(),
              "o.a: unknown option; there are no options here");
}

TEST(OptionSchema, BrokenSchemasAreNamed) {
    const std::string deep = [] {
        std::string out = "{}";
        for (int i = 0; i < 20; ++i) out = R"({"properties": {"a": )" + out + "}}";
        return out;
    }();
    const struct {
        std::string schema;
        std::string message;
    } table[] = {
        {"{", "its top: not JSON: incomplete JSON"},
        {"[]", "its top: a schema is an object"},
        {R"({"type": "array"})", "its top: the type of all options together is \"object\""},
        {R"({"type": 5})", "its top: \"type\" is a name or a list of names"},
        {R"({"properties": []})", "its top: \"properties\" is an object"},
        {R"({"properties": {"a": {"type": "text"}}})",
         "a: the type 'text' is not one of JSON Schema's"},
        {R"({"properties": {"a": {"type": []}}})", "a: \"type\" is an empty list"},
        {R"({"properties": {"a": {"enum": []}}})", "a: \"enum\" is a list of one value or more"},
        {R"({"properties": {"a": {"minimum": "1"}}})", "a: \"minimum\" is a number"},
        {R"({"properties": {"a": {"minimum": 2, "maximum": 1}}})",
         "a: \"minimum\" is more than \"maximum\""},
        {R"({"properties": {"a": {"type": "integer", "default": "x"}}})",
         "a: its own default does not fit: 'x' does not fit; give it a whole number"},
        {R"({"properties": {"a": {"items": {"type": "x"}}}})",
         "a/items: the type 'x' is not one of JSON Schema's"},
        {R"({"required": ["a"]})", "its top: \"required\" names 'a', which is no property"},
        {R"({"required": "a"})", "its top: \"required\" is a list of names"},
    };
    for (const auto& row : table) {
        const auto schema = OptionSchema::parse(row.schema);
        ASSERT_FALSE(schema) << row.schema;
        EXPECT_EQ(schema.status().message(), "the option schema is broken at " + row.message);
    }
    EXPECT_FALSE(OptionSchema::parse(deep).ok());
    EXPECT_FALSE(OptionSchema::parse(std::string(100'000, '[')).ok());
}

}  // namespace
}  // namespace lectern::host
