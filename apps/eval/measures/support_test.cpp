#include "apps/eval/measures/support.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace lectern::evaluation {
namespace {

TEST(Support, NumbersAndHalfOfTheWordsStandInTheQuotes) {
    const std::map<unsigned, std::string> quotes{
        {1, "The Panthers defense gave up just 308 points, ranking sixth in the league."},
        {2, "Jared Allen was the career sack leader with 136."}};
    const QuoteOf quote_of = [&](unsigned n) -> std::optional<std::string_view> {
        const auto at = quotes.find(n);
        if (at == quotes.end()) return std::nullopt;
        return at->second;
    };
    struct Case {
        const char* answer;
        std::size_t sentences;
        std::size_t supported;
    };
    const std::vector<Case> cases{
        {"The Panthers gave up 308 points [1].", 1, 1},
        {"The Panthers gave up 308 points. [1]", 1, 1},
        {"The Panthers' defense ranks sixth [1]. Allen led with 136 [2].", 2, 2},
        {"The Panthers gave up 309 points [1].", 1, 0},          // another number
        {"The Panthers gave up 308 points.", 1, 0},              // no mark
        {"The Panthers gave up 308 points [3].", 1, 0},          // no such citation
        {"Purple elephants adore chocolate points [1].", 1, 0},  // other words
        {"The Panthers gave up 308, Allen had 136 [1][2].", 1, 1},
        {"", 0, 0},
    };
    for (const Case& one : cases) {
        const Support found = support(one.answer, quote_of);
        EXPECT_EQ(found.sentences, one.sentences) << one.answer;
        EXPECT_EQ(found.supported, one.supported) << one.answer;
    }
}

}  // namespace
}  // namespace lectern::evaluation
