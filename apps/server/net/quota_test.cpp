// Requests in a minute, with a clock that the test holds in its hand.
#include "apps/server/net/quota.hpp"

#include <gtest/gtest.h>

#include "apps/server/api/rate_meter.hpp"

namespace lectern::server {
namespace {

using namespace std::chrono_literals;

constexpr RateMeter::Clock::time_point minute{1'000'000s};

TEST(RateMeterTest, AMinuteBeginsWithARequestAndIsOver) {
    RateMeter meter;
    const struct {
        std::chrono::milliseconds after;
        bool admitted;
        std::size_t remaining;
        std::chrono::seconds reset;
    } steps[] = {{0ms, true, 1, 60s},       {500ms, true, 0, 60s},    {1000ms, false, 0, 59s},
                 {59'999ms, false, 0, 1s},  {60'000ms, true, 1, 60s}, {60'001ms, true, 0, 60s},
                 {119'000ms, false, 0, 1s}, {500'000ms, true, 1, 60s}};
    for (const auto& step : steps) {
        const RateMeter::Standing now = meter.take(2, minute + step.after);
        EXPECT_EQ(now.admitted, step.admitted) << step.after.count();
        EXPECT_EQ(now.remaining, step.remaining) << step.after.count();
        EXPECT_EQ(now.reset, step.reset) << step.after.count();
    }
}

std::string told_in(const Quota& quota, std::string_view name) {
    for (const Header& one : quota.headers)
        if (one.name == name) return one.value;
    return {};
}

TEST(QuotaTest, AKeyIsToldAndRefusedByItself) {
    RateMeter all;
    Key one;
    one.max_per_minute = 2;
    Key other;
    Quota quota = take_quota(&one, 100, all, minute);
    EXPECT_EQ(told_in(quota, "RateLimit-Policy"), "\"key\";q=2;w=60");
    EXPECT_EQ(told_in(quota, "RateLimit"), "\"key\";r=1;t=60");
    EXPECT_FALSE(quota.refusal);
    EXPECT_FALSE(take_quota(&one, 100, all, minute + 1s).refusal);
    quota = take_quota(&one, 100, all, minute + 50s);
    ASSERT_TRUE(quota.refusal);
    EXPECT_EQ(quota.refusal->status, 429U);
    EXPECT_EQ(told_in(quota, "RateLimit"), "\"key\";r=0;t=10");
    ASSERT_FALSE(quota.refusal->headers.empty());
    EXPECT_EQ(quota.refusal->headers.front().name, "Retry-After");
    EXPECT_EQ(quota.refusal->headers.front().value, "10");
    quota = take_quota(&other, 100, all, minute + 50s);
    EXPECT_FALSE(quota.refusal);
    EXPECT_EQ(told_in(quota, "RateLimit"), "\"key\";r=99;t=60") << "the server's limit";
    EXPECT_FALSE(take_quota(&one, 100, all, minute + 60s).refusal);
}

TEST(QuotaTest, WithoutKeysTheLimitIsOfAllAndWithoutALimitNothingIsSaid) {
    RateMeter all;
    EXPECT_EQ(told_in(take_quota(nullptr, 1, all, minute), "RateLimit"), "\"server\";r=0;t=60");
    EXPECT_TRUE(take_quota(nullptr, 1, all, minute).refusal);
    Key key;
    const Quota none = take_quota(&key, 0, all, minute);
    EXPECT_TRUE(none.headers.empty());
    EXPECT_FALSE(none.refusal);
}

}  // namespace
}  // namespace lectern::server
