// index/lexical/bit_packing.hpp: numbers of at most 32 bits, packed at a width of their block.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>

namespace lectern::index::lexical {

static_assert(std::endian::native == std::endian::little);

[[nodiscard]] constexpr std::size_t packed_bytes(std::size_t count, unsigned width) noexcept {
    return (count * width + 7) / 8;
}
// Bytes that must be readable behind packed numbers.
inline constexpr std::size_t unpack_slack = 8;

inline void pack(std::span<const std::uint32_t> values, unsigned width, std::string& out) {
    std::uint64_t pending = 0;
    unsigned bits = 0;
    for (const std::uint32_t value : values) {
        pending |= static_cast<std::uint64_t>(value) << bits;
        bits += width;
        for (; bits >= 8; bits -= 8, pending >>= 8) out += static_cast<char>(pending & 0xFF);
    }
    if (bits > 0) out += static_cast<char>(pending & 0xFF);
}

// `width` at most 32; unpack_slack bytes behind the packed ones are read and not used.
inline void unpack(const char* packed, unsigned width, std::span<std::uint32_t> out) noexcept {
    const std::uint64_t mask = (std::uint64_t{1} << width) - 1;
    std::size_t at = 0;
    for (std::uint32_t& value : out) {
        std::uint64_t bits = 0;
        std::memcpy(&bits, packed + at / 8, sizeof bits);
        value = static_cast<std::uint32_t>((bits >> (at % 8)) & mask);
        at += width;
    }
}

}  // namespace lectern::index::lexical
