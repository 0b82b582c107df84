#include "text/suggest.hpp"

#include <gtest/gtest.h>

namespace lectern::text {
namespace {

TEST(Nearest, FindsTheNameThatWasMeant) {
    const std::vector<std::string_view> names{"pooling", "precision", "model", "max_tokens", "k"};
    const std::pair<const char*, const char*> table[] = {
        {"poling", "pooling"},
        {"poolign", "pooling"},
        {"Pooling", "pooling"},
        {"percision", "precision"},
        {"maxtokens", "max_tokens"},
        {"modle", "model"},
        {"prefix", ""},
        {"", ""},
        {"x", ""},
        {"completely-other", ""},
    };
    for (const auto& [typed, meant] : table) EXPECT_EQ(nearest(typed, names), meant) << typed;
    EXPECT_EQ(nearest(std::string(10'000, 'p'), names), "");
    EXPECT_EQ(nearest("poling", {}), "");
}

TEST(Nearest, TheFirstOfEquallyNearNamesWins) {
    EXPECT_EQ(nearest("text", {"test", "next"}), "test");
}

TEST(DidYouMean, IsTheEndOfAMessage) {
    EXPECT_EQ(did_you_mean("poling", {"pooling"}), "; did you mean 'pooling'?");
    EXPECT_EQ(did_you_mean("other", {"pooling"}, "; known: pooling"), "; known: pooling");
    EXPECT_EQ(list({"a", "b"}), "a, b");
}

}  // namespace
}  // namespace lectern::text
