// text/ascii.hpp: what a byte is, whatever the locale.
#pragma once

namespace lectern::text {

[[nodiscard]] constexpr bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

}  // namespace lectern::text
