#include "index/metadata/metadata.hpp"

#include <gtest/gtest.h>

namespace lectern::filter {
namespace {

TEST(Metadata, ValuesAreTyped) {
    const Fields fields = fields_of(
        R"({"year": 2020, "ratio": 0.5, "open": true, "source": "x", "on": "2020-05-17",
            "tags": ["a", "b", 3], "author": {"name": "N", "born": null},
            "parts": [{"kind": "k1"}, {"kind": "k2"}], "none": null, "empty": []})");
    const auto text = [&](const char* field) {
        std::string out;
        for (const Value& value : fields.at(field)) out += to_text(value) + ";";
        return out;
    };
    EXPECT_EQ(text("year"), "2020;");
    EXPECT_EQ(fields.at("year")[0].kind, Kind::number);
    EXPECT_EQ(text("ratio"), "0.5;");
    EXPECT_EQ(text("open"), "true;");
    EXPECT_EQ(fields.at("open")[0].kind, Kind::boolean);
    EXPECT_EQ(fields.at("on")[0].kind, Kind::date);
    EXPECT_EQ(text("on"), "2020-05-17;");
    EXPECT_EQ(text("tags"), "a;b;3;");
    EXPECT_EQ(text("author.name"), "N;");
    EXPECT_EQ(text("parts.kind"), "k1;k2;");
    EXPECT_EQ(fields.size(), 8U);
}

TEST(Metadata, TheMapOfATranslationIsNoField) {
    const Fields fields =
        fields_of(R"({"translation": {"of": "x", "sentences": "0 1 2"}, "sentences": "3"})");
    EXPECT_TRUE(fields.contains("translation.of"));
    EXPECT_TRUE(fields.contains("sentences"));
    EXPECT_FALSE(fields.contains("translation.sentences"));
}

TEST(Metadata, NumbersAreWrittenAsTheyCame) {
    for (const char* number :
         {"0", "-3", "2020", "0.5", "1746714878034235396", "1746714878034235397",
          "-1746714878034235397", "9223372036854775807", "-9223372036854775808",
          "18446744073709551615", "9007199254740993", "1e+30", "10000000000000000000"}) {
        const Fields fields = fields_of(std::string("{\"n\": ") + number + "}");
        EXPECT_EQ(to_text(fields.at("n")[0]), number);
    }
}

TEST(Metadata, WhatIsNoObjectHasNoFields) {
    for (const char* text : {"", "{}", "[1]", "3", "{\"a\":", "null", "\xFF"})
        EXPECT_TRUE(fields_of(text).empty()) << text;
    const std::string deep(100000, '[');
    EXPECT_TRUE(fields_of("{\"a\":" + deep).empty());
}

}  // namespace
}  // namespace lectern::filter
