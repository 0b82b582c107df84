// text/ascii.hpp: what a byte is, whatever the locale.
#pragma once

#include <string_view>

namespace lectern::text {

[[nodiscard]] constexpr bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

[[nodiscard]] constexpr bool is_ascii_letter(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// One mark again and again, as it is drawn under titles, and over them, in reStructuredText (and,
// with = and -, in Markdown).
[[nodiscard]] constexpr bool is_drawn_line(std::string_view line) noexcept {
    constexpr std::string_view marks = "=-`:'\"~^_*+#.<>!";
    return !line.empty() && marks.find(line.front()) != std::string_view::npos &&
           line.find_first_not_of(line.front()) == std::string_view::npos;
}

}  // namespace lectern::text
