#include "storage/crc32c.hpp"

#include <array>
#include <cstring>
#ifdef __SSE4_2__
#include <nmmintrin.h>
#endif

namespace lectern::storage {

namespace {

#ifndef __SSE4_2__
constexpr std::array<std::uint32_t, 256> table = [] {
    std::array<std::uint32_t, 256> result{};
    for (std::uint32_t i = 0; i < result.size(); ++i) {
        std::uint32_t value = i;
        for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1) * 0x82f63b78u);
        result[i] = value;
    }
    return result;
}();
#endif

}  // namespace

std::uint32_t crc32c(const void* data, std::size_t size, std::uint32_t previous) noexcept {
    const auto* bytes = static_cast<const unsigned char*>(data);
    std::uint32_t crc = ~previous;
#ifdef __SSE4_2__
    std::uint64_t wide = crc;
    for (; size >= 8; size -= 8, bytes += 8) {
        std::uint64_t word;
        std::memcpy(&word, bytes, sizeof word);
        wide = _mm_crc32_u64(wide, word);
    }
    crc = static_cast<std::uint32_t>(wide);
    for (; size > 0; --size, ++bytes) crc = _mm_crc32_u8(crc, *bytes);
#else
    for (; size > 0; --size, ++bytes) crc = (crc >> 8) ^ table[(crc ^ *bytes) & 0xff];
#endif
    return ~crc;
}

}  // namespace lectern::storage
