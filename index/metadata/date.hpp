// index/metadata/date.hpp: dates of ISO 8601 as stretches of time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace lectern::filter {

// Milliseconds since 1970-01-01 UTC, [begin, end): a day for 2020-05-17, a minute for
// 2020-05-17T10:30, a second or a millisecond when those are given.
struct TimeSpan {
    std::int64_t begin = 0;
    std::int64_t end = 0;
    friend bool operator==(const TimeSpan&, const TimeSpan&) = default;
};

// YYYY-MM, YYYY-MM-DD, YYYY-MM-DDThh:mm[:ss[.fff]] with Z, +hh:mm, -hh:mm or nothing (UTC). Years
// 0000 to 9999 of the Gregorian calendar; a space may stand for the T. Nothing when `text` is none
// of these, all of it.
[[nodiscard]] std::optional<TimeSpan> parse_date(std::string_view text);

// 2020-05-17T10:30:00.000Z
[[nodiscard]] std::string format_date(std::int64_t milliseconds);

}  // namespace lectern::filter
