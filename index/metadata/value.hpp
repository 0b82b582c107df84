// index/metadata/value.hpp: a value of metadata, typed.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace lectern::filter {

// A string that is a date of ISO 8601, all of it, is a date.
enum class Kind : std::uint8_t { string, number, date, boolean };

[[nodiscard]] constexpr std::string_view plural(Kind kind) noexcept {
    switch (kind) {
        case Kind::string: return "strings";
        case Kind::number: return "numbers";
        case Kind::date: return "dates";
        case Kind::boolean: return "booleans (true, false)";
    }
    return "values";
}

// A number as JSON has it: a double, or a whole number of 64 bits, which a double may be too coarse
// for. Its value is nearest + rest, exactly. Rounding keeps the order of numbers, so that the rests
// decide only where the doubles are equal.
struct Number {
    double nearest = 0;
    std::int64_t rest = 0;

    [[nodiscard]] static Number of(double value) noexcept { return {value, 0}; }
    [[nodiscard]] static Number of(std::int64_t value) noexcept;
    [[nodiscard]] static Number of(std::uint64_t value) noexcept;

    friend auto operator<=>(const Number&, const Number&) = default;
    friend bool operator==(const Number&, const Number&) = default;
};

struct Value {
    Kind kind = Kind::string;
    Number number{};        // of a number; 0 or 1 of a boolean
    std::int64_t time = 0;  // of a date: where it begins, milliseconds since 1970 UTC
    std::string text{};     // of a string or a date, as it was written
    friend bool operator==(const Value&, const Value&) = default;
};

// As JSON writes it, without quotation marks: "2020", "true", "red".
[[nodiscard]] std::string to_text(const Value& value);

}  // namespace lectern::filter
