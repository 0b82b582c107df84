#include "passages/characters.hpp"

#include <gtest/gtest.h>

namespace lectern::passages {
namespace {

TEST(Characters, TrimmingKnowsTheWhiteSpaceOfUnicode) {
    struct {
        std::string_view text;
        std::string_view inner;
    } const cases[] = {{" a b\t\r\n", "a b"},
                       {"\u3000中文\u00A0\u2003", "中文"},
                       {"", ""},
                       {" \u2028 ", ""},
                       {"é", "é"}};
    for (const auto& c : cases)
        EXPECT_EQ(piece(c.text, trimmed(c.text, {0, c.text.size()})), c.inner) << c.text;
}

TEST(Characters, Boundaries) {
    const std::string_view text = "a中b";  // bytes 0, 1-3, 4
    EXPECT_EQ(boundary_before(text, 3), 1U);
    EXPECT_EQ(boundary_before(text, 4), 4U);
    EXPECT_EQ(boundary_before(text, 99), 5U);
    EXPECT_EQ(next_character(text, 1), 4U);
    EXPECT_EQ(next_character(text, 4), 5U);
}

}  // namespace
}  // namespace lectern::passages
