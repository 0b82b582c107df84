// index/metadata/value.hpp: a value of metadata, typed.
#pragma once

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

struct Value {
    Kind kind = Kind::string;
    double number = 0;      // of a number; 0 or 1 of a boolean
    std::int64_t time = 0;  // of a date: where it begins, milliseconds since 1970 UTC
    std::string text{};     // of a string or a date, as it was written
    friend bool operator==(const Value&, const Value&) = default;
};

// As JSON writes it, without quotation marks: "2020", "true", "red".
[[nodiscard]] std::string to_text(const Value& value);

}  // namespace lectern::filter
