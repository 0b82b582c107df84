#include "index/metadata/date.hpp"

#include <chrono>
#include <cstdio>

namespace lectern::filter {
namespace {

constexpr std::int64_t second = 1000;
constexpr std::int64_t minute = 60 * second;
constexpr std::int64_t day = 24 * 60 * minute;

// Reads the text from the left; each step says whether it fitted.
class Cursor {
 public:
    explicit Cursor(std::string_view text) : text_(text) {}
    [[nodiscard]] bool end() const { return text_.empty(); }
    bool take(char c) {
        if (text_.empty() || text_[0] != c) return false;
        text_.remove_prefix(1);
        return true;
    }
    // Exactly `digits` digits.
    bool number(std::size_t digits, int& value) {
        if (text_.size() < digits) return false;
        value = 0;
        for (std::size_t i = 0; i < digits; ++i) {
            if (text_[i] < '0' || text_[i] > '9') return false;
            value = value * 10 + (text_[i] - '0');
        }
        text_.remove_prefix(digits);
        return true;
    }
    // Digits behind the point, as milliseconds; further ones are read and dropped.
    bool fraction(int& milliseconds) {
        int digits = 0;
        milliseconds = 0;
        for (int digit = 0; number(1, digit); ++digits)
            if (digits < 3) milliseconds = milliseconds * 10 + digit;
        for (int i = digits; i < 3; ++i) milliseconds *= 10;
        return digits > 0;
    }

 private:
    std::string_view text_;
};

std::int64_t days_from_epoch(std::chrono::year_month_day date) {
    return std::chrono::sys_days(date).time_since_epoch().count();
}

// "Z", "+01:00", "-0530" or nothing, in milliseconds east of UTC.
bool zone(Cursor& at, std::int64_t& east) {
    east = 0;
    if (at.end() || at.take('Z') || at.take('z')) return true;
    const bool minus = at.take('-');
    if (!minus && !at.take('+')) return false;
    int hours = 0;
    int minutes = 0;
    if (!at.number(2, hours)) return false;
    at.take(':');
    if (!at.end() && !at.number(2, minutes)) return false;
    if (hours > 23 || minutes > 59) return false;
    east = (hours * 60 + minutes) * minute * (minus ? -1 : 1);
    return true;
}

std::optional<TimeSpan> time_of_day(Cursor& at, std::int64_t midnight) {
    int hours = 0;
    int minutes = 0;
    int seconds = 0;
    int milliseconds = 0;
    std::int64_t length = minute;
    if (!at.number(2, hours) || !at.take(':') || !at.number(2, minutes)) return std::nullopt;
    if (at.take(':')) {
        if (!at.number(2, seconds)) return std::nullopt;
        length = second;
        if (at.take('.') || at.take(',')) {
            if (!at.fraction(milliseconds)) return std::nullopt;
            length = 1;
        }
    }
    std::int64_t east = 0;
    if (hours > 23 || minutes > 59 || seconds > 60 || !zone(at, east) || !at.end())
        return std::nullopt;
    const std::int64_t begin =
        midnight + (hours * 60 + minutes) * minute + seconds * second + milliseconds - east;
    return TimeSpan{begin, begin + length};
}

}  // namespace

std::optional<TimeSpan> parse_date(std::string_view text) {
    Cursor at(text);
    int year = 0;
    int month = 0;
    int day_of_month = 0;
    if (!at.number(4, year) || !at.take('-') || !at.number(2, month)) return std::nullopt;
    if (month < 1 || month > 12) return std::nullopt;
    const std::chrono::year_month in_month{std::chrono::year(year),
                                           std::chrono::month(static_cast<unsigned>(month))};
    if (at.end())
        return TimeSpan{days_from_epoch(in_month / 1) * day,
                        days_from_epoch((in_month + std::chrono::months(1)) / 1) * day};
    if (!at.take('-') || !at.number(2, day_of_month)) return std::nullopt;
    const std::chrono::year_month_day date = in_month / day_of_month;
    if (!date.ok()) return std::nullopt;
    const std::int64_t midnight = days_from_epoch(date) * day;
    if (at.end()) return TimeSpan{midnight, midnight + day};
    if (!at.take('T') && !at.take('t') && !at.take(' ')) return std::nullopt;
    return time_of_day(at, midnight);
}

std::string format_date(std::int64_t milliseconds) {
    const std::chrono::sys_time<std::chrono::milliseconds> time{
        std::chrono::milliseconds(milliseconds)};
    const auto midnight = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(midnight);
    const std::chrono::hh_mm_ss clock(time - midnight);
    char out[64];
    std::snprintf(out, sizeof out, "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", int(date.year()),
                  unsigned(date.month()), unsigned(date.day()), int(clock.hours().count()),
                  int(clock.minutes().count()), int(clock.seconds().count()),
                  int(clock.subseconds().count()));
    return out;
}

}  // namespace lectern::filter
