#include "text/one_line.hpp"

#include <gtest/gtest.h>

namespace lectern::text {
namespace {

TEST(OneLine, RunsOfBlanksAreOneSpaceAndNoneAtTheEnds) {
    EXPECT_EQ(one_line("  Ole\r\n\t Brandt \n"), "Ole Brandt");
    EXPECT_EQ(one_line("Öl.  Und\nWasser"), "Öl. Und Wasser");
    EXPECT_EQ(one_line("a\x01 b"), "a\x01 b");  // what is no blank stays
    EXPECT_EQ(one_line(" \n\t"), "");
    EXPECT_EQ(one_line(""), "");
}

TEST(Trimmed, AtBothEndsAlone) {
    EXPECT_EQ(trimmed("\r\n Ole \t Brandt\t "), "Ole \t Brandt");
    EXPECT_EQ(trimmed(" \n\t"), "");
    EXPECT_EQ(trimmed(""), "");
}

TEST(OnePlainLine, WhiteSpaceAndWhatIsNoPlainText) {
    EXPECT_EQ(one_plain_line("  Ole\n\t Brandt "), "Ole Brandt");
    for (const char* other : {"a [1]", "a <b>", "a \x01", "a \xFF", " \n"})
        EXPECT_EQ(one_plain_line(other), "") << other;
}

}  // namespace
}  // namespace lectern::text
