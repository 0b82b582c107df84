// index/lexical/length_code.hpp: the length of a field in one byte. Exact below 32, within 3.2 %
// above; lengths of 2^19 words and more count as that. Codes order as lengths do.
#pragma once

#include <array>
#include <bit>
#include <cstdint>

namespace lectern::index::lexical {

// Four bits after the leading one, and where that stands.
[[nodiscard]] constexpr std::uint8_t length_code(std::uint64_t words) noexcept {
    if (words < 16) return static_cast<std::uint8_t>(words);
    constexpr std::uint64_t most = (std::uint64_t{1} << 19) - 1;
    if (words > most) words = most;
    const unsigned shift = static_cast<unsigned>(std::bit_width(words)) - 5;
    return static_cast<std::uint8_t>(16 * shift + 16 + ((words >> shift) & 15));
}

// The middle of the lengths of a code.
[[nodiscard]] constexpr double length_of(std::uint8_t code) noexcept {
    if (code < 32) return code;
    const unsigned shift = code / 16U - 1;
    const double least = static_cast<double>(std::uint64_t{16 + code % 16U} << shift);
    return least + (static_cast<double>(std::uint64_t{1} << shift) - 1) / 2;
}

}  // namespace lectern::index::lexical
