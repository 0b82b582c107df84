#include "engine/answers/without_markup.hpp"

#include <gtest/gtest.h>

namespace lectern {
namespace {

TEST(WithoutMarkup, MarksAndTargetsDoNotReachAnAnswer) {
    const struct {
        std::string_view evidence, answer;
    } cases[] = {
        {"Built in 1777 [1], as [12] says.", "Built in 1777 (1), as (12) says."},
        {"See ![seal](https://example.com/x?q=secret) here.", "See seal here."},
        {"See ![](https://example.com/x) here.", "See  here."},
        {"The [tower](https://example.com/a_(b)) fell.", "The tower fell."},
        {"The [![icon](x.png)](https://example.com) fell.", "The icon fell."},
        {"Cut off [here](https://example.com", "Cut off here"},
        {"An <IMG src=\"https://example.com/x\"> in it.", "An  in it."},
        {"An array a[i] and a[0] = x [sic].", "An array a[i] and a(0) = x [sic]."},
        {"Open [ and ![x](https://example.com/x)", "Open [ and x"},
        {"Plain (in brackets) and x < y > z!", "Plain (in brackets) and x < y > z!"},
        {"", ""},
    };
    for (const auto& row : cases)
        EXPECT_EQ(without_markup(row.evidence), row.answer) << row.evidence;
}

}  // namespace
}  // namespace lectern
