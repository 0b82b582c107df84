#include "plugins/shared/text_stream.hpp"

#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

namespace lectern::shared {
namespace {

struct StreamCase {
    const char* name;
    std::vector<std::string> tokens;  // as the model gives them
    std::vector<std::string> stops;
    std::vector<std::string> pieces;  // as the reader sees them
    bool stopped;
};

void PrintTo(const StreamCase& value, std::ostream* out) {
    *out << value.name;
}

class TextStreamTest : public testing::TestWithParam<StreamCase> {};

TEST_P(TextStreamTest, GivesWholeCharactersAndNoStopString) {
    std::vector<std::string> pieces;
    TextStream stream(GetParam().stops, [&](std::string_view piece) {
        pieces.emplace_back(piece);
        return true;
    });
    bool more = true;
    for (const std::string& token : GetParam().tokens) {
        more = stream.append(token);
        if (!more) break;
    }
    if (more) stream.finish();
    EXPECT_EQ(pieces, GetParam().pieces);
    EXPECT_EQ(more, !GetParam().stopped);
}

INSTANTIATE_TEST_SUITE_P(
    All, TextStreamTest,
    testing::Values(
        StreamCase{"plain", {"BERT", " reads"}, {}, {"BERT", " reads"}, false},
        StreamCase{"split_character", {"caf", "\xC3", "\xA9"}, {}, {"caf", "\xC3\xA9"}, false},
        StreamCase{
            "emoji_in_bytes", {"\xF0", "\x9F", "\x98", "\x80!"}, {}, {"\xF0\x9F\x98\x80!"}, false},
        StreamCase{"unfinished_at_the_end", {"a\xE2\x82"}, {}, {"a", "\xEF\xBF\xBD"}, false},
        StreamCase{"stray_byte", {"a\x80z"}, {}, {"a\xEF\xBF\xBDz"}, false},
        StreamCase{"broken_by_ascii", {"\xE2\x82z"}, {}, {"\xEF\xBF\xBDz"}, false},
        StreamCase{
            "surrogate", {"\xED\xA0\x80"}, {}, {"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD"}, false},
        StreamCase{"overlong", {"\xC0\xAF"}, {}, {"\xEF\xBF\xBD\xEF\xBF\xBD"}, false},
        StreamCase{"stop_in_one_token", {"yes\nno"}, {"\n"}, {"yes"}, true},
        StreamCase{
            "stop_over_tokens", {"yes", " <", "end", ">", "x"}, {"<end>"}, {"yes", " "}, true},
        StreamCase{
            "almost_a_stop", {"a <", "enc", "oder"}, {"<end>"}, {"a ", "<enc", "oder"}, false},
        StreamCase{"held_back_at_the_end", {"a <en"}, {"<end>"}, {"a ", "<en"}, false},
        StreamCase{"first_of_two_stops", {"a b c"}, {"c", "b"}, {"a "}, true},
        StreamCase{"repeated_beginning", {"--", "->"}, {"-->"}, {"-"}, true},
        StreamCase{"stop_at_once", {"STOP"}, {"STOP"}, {}, true}),
    [](const auto& info) { return std::string(info.param.name); });

TEST(TextStream, EndsWhenTheReaderWantsNoMore) {
    TextStream stream({}, [](std::string_view) { return false; });
    EXPECT_FALSE(stream.append("a"));
}

}  // namespace
}  // namespace lectern::shared
