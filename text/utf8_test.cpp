#include <gtest/gtest.h>

#include <string>

#include "text/text.hpp"

namespace lectern::text {
namespace {

constexpr std::size_t valid = std::string_view::npos;

TEST(InvalidUtf8At, FindsTheFirstByteThatIsNotUtf8) {
    struct Case {
        std::string_view text;
        std::size_t at;
    };
    using namespace std::string_view_literals;
    const Case cases[] = {
        {"", valid},
        {"plain ASCII, longer than eight bytes", valid},
        {"\0\x7f"sv, valid},
        {"Größe 中文 🙂", valid},
        {"\xED\x9F\xBF\xEE\x80\x80", valid},  // U+D7FF, U+E000
        {"\xF4\x8F\xBF\xBF", valid},          // U+10FFFF
        {"abc\x80", 3},                       // a continuation alone
        {"12345678\xC3", 8},                  // cut short
        {"12345678\xE4\xB8", 8},
        {"é\xF0\x9F\x99", 2},
        {"\xC0\x80", 0},          // overlong NUL
        {"\xC1\xBF", 0},          // overlong
        {"\xE0\x80\x80", 0},      // overlong
        {"\xF0\x80\x80\x80", 0},  // overlong
        {"ok \xED\xA0\x80", 3},   // a surrogate
        {"\xF4\x90\x80\x80", 0},  // beyond U+10FFFF
        {"\xF5\x80\x80\x80", 0},
        {"caf\xE9 in Latin-1", 3},
    };
    for (const Case& c : cases) EXPECT_EQ(invalid_utf8_at(c.text), c.at) << c.text;
}

TEST(InvalidUtf8At, FindsABadByteAtEveryPosition) {
    for (std::size_t size = 1; size < 40; ++size)
        for (std::size_t at = 0; at < size; ++at) {
            std::string text(size, 'x');
            text[at] = '\xFF';
            EXPECT_EQ(invalid_utf8_at(text), at);
        }
}

TEST(Prefix, CutsAtACharacterBoundary) {
    EXPECT_EQ(prefix("abc", 10), "abc");
    EXPECT_EQ(prefix("abc", 2), "ab");
    EXPECT_EQ(prefix("abc", 0), "");
    EXPECT_EQ(prefix("é", 1), "");
    EXPECT_EQ(prefix("aé", 2), "a");
    EXPECT_EQ(prefix("aé", 3), "aé");
    EXPECT_EQ(prefix("🙂🙂", 7), "🙂");
    EXPECT_EQ(prefix("🙂🙂", 4), "🙂");
}

TEST(WithCapital, TheFirstLetter) {
    EXPECT_EQ(with_capital("the harbour"), "The harbour");
    EXPECT_EQ(with_capital("éclair"), "Éclair");
    EXPECT_EQ(with_capital("15 cases"), "15 cases");
    EXPECT_EQ(with_capital("\xFF is none"), "\xFF is none");
    EXPECT_EQ(with_capital({}), "");
}

}  // namespace
}  // namespace lectern::text
