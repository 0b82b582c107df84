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

}  // namespace
}  // namespace lectern::text
