#include "text/word_parts.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "text/text.hpp"

namespace lectern::text {
namespace {

TEST(WordParts, OfNames) {
    const struct {
        std::string_view word;
        std::vector<std::string> parts;
    } cases[] = {
        {"payment_retry_handler", {"payment", "retry", "handler"}},
        {"__init__", {"init"}},
        {"MAX_RETRY_COUNT", {"max", "retry", "count"}},
        {"orders.csv", {"orders", "csv"}},
        {"audit_log_2024", {"audit", "log", "2024"}},
        {"getUserProfile", {"get", "user", "profile"}},
        {"HTTPRetryPolicy2", {"http", "retry", "policy2", "policy"}},
        {"Node.js", {"node", "js"}},
        {"com.example.BerthService", {"com", "example", "berthservice", "berth", "service"}},
        {"Test.mp3", {"test", "mp3"}},
        {"v2.14.3", {"2.14.3"}},
        {"V2", {"2"}},
        {"release_v2.14.3", {"release", "v2.14.3", "2.14.3"}},
        {"covid19", {"covid", "19"}},
        {"12kg", {"12", "kg"}},
        {"5V", {"5"}},
        {"\u00C4rzteKammer", {"\u00E4rzte", "kammer"}},
        {"\u041F\u043B\u0430\u043D_\u0420\u0430\u0431\u043E\u0442",
         {"\u043F\u043B\u0430\u043D", "\u0440\u0430\u0431\u043E\u0442"}},
        {"macOS", {"mac", "os"}},
        {"O'Neill", {"neill"}},
        {"IPv6", {"ipv"}},
        // Words without parts.
        {"payment", {}},
        {"Payment", {}},
        {"PAYMENT", {}},
        {"don't", {}},
        {"URLs", {}},
        {"mp3", {}},
        {"x86", {}},
        {"U.S.A", {}},
        {"2.14.3", {}},
        {"1,250", {}},
        {"2024", {}},
        {"\u00E9cole", {}},
        {"\u81EA\u7136", {}},
        {"", {}},
        {"_", {}},
        // Not a name.
        {"aGVsbG8gd29ybGQhIFRoaXMgaXMgYSB0ZXN0", {}},
    };
    for (const auto& row : cases)
        EXPECT_THAT(word_parts(row.word), ::testing::ElementsAreArray(row.parts)) << row.word;
}

TEST(WordParts, HangulHasPairsOfSyllables) {
    const struct {
        std::string_view word;
        std::vector<std::string> parts;
    } cases[] = {
        {"항만공사는", {"항만", "만공", "공사", "사는"}},
        {"선박을", {"선박", "박을"}},
        {"선박", {}},
        {"을", {}},
        {"BERT는", {"bert"}},
        {"API서버를", {"api", "서버를", "서버", "버를"}},
    };
    for (const auto& row : cases)
        EXPECT_THAT(word_parts(row.word), ::testing::ElementsAreArray(row.parts)) << row.word;
}

TEST(WordParts, NumbersHaveOneForm) {
    const struct {
        std::string_view word, plain;
    } cases[] = {
        {"1250", "1250"},
        {"1,250", "1250"},
        {"1.250", "1250"},
        {"1'250", "1250"},
        {"1,250,000", "1250000"},
        {"1.250.000", "1250000"},
        {"12,50,000", "1250000"},
        {"1,250.50", "1250.50"},
        {"1.250,50", "1250.50"},
        {"1'250.50", "1250.50"},
        {"1 250", "1250"},
        {"1 250,50", "1250.50"},
        {"1 25", "1 25"},
        {"1.250.000,5", "1250000.5"},
        {"3.14", "3.14"},
        {"3,14", "3.14"},
        {"0.125", "0.125"},
        {"0,125", "0.125"},
        {"12345,678", "12345.678"},
        // No numbers, or of unknown form.
        {"2.14.3", "2.14.3"},
        {"12.05.2024", "12.05.2024"},
        {"1,2,3", "1,2,3"},
        {"12'5", "12'5"},
        {"1.2,3.4", "1.2,3.4"},
        {"x1,250", "x1,250"},
        {"", ""},
    };
    for (const auto& row : cases) EXPECT_EQ(plain_number(row.word), row.plain) << row.word;
}

}  // namespace
}  // namespace lectern::text
