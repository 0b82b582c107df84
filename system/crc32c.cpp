#include "system/crc32c.hpp"

#include <array>
#include <cstring>
#ifdef __x86_64__
#include <nmmintrin.h>
#endif

namespace lectern::sys {

namespace {

constexpr std::array<std::uint32_t, 256> table = [] {
    std::array<std::uint32_t, 256> result{};
    for (std::uint32_t i = 0; i < result.size(); ++i) {
        std::uint32_t value = i;
        for (int bit = 0; bit < 8; ++bit) value = (value >> 1) ^ ((value & 1) * 0x82f63b78u);
        result[i] = value;
    }
    return result;
}();

using Step = std::uint32_t (*)(std::uint32_t crc, const unsigned char* bytes, std::size_t size);

std::uint32_t portable(std::uint32_t crc, const unsigned char* bytes, std::size_t size) {
    for (; size > 0; --size, ++bytes) crc = (crc >> 8) ^ table[(crc ^ *bytes) & 0xff];
    return crc;
}

#ifdef __x86_64__
__attribute__((target("sse4.2"))) std::uint32_t hardware(std::uint32_t crc,
                                                         const unsigned char* bytes,
                                                         std::size_t size) {
    std::uint64_t wide = crc;
    for (; size >= 8; size -= 8, bytes += 8) {
        std::uint64_t word;
        std::memcpy(&word, bytes, sizeof word);
        wide = _mm_crc32_u64(wide, word);
    }
    crc = static_cast<std::uint32_t>(wide);
    for (; size > 0; --size, ++bytes) crc = _mm_crc32_u8(crc, *bytes);
    return crc;
}
#endif

Step pick() {
#ifdef __x86_64__
    if (__builtin_cpu_supports("sse4.2")) return &hardware;
#endif
    return &portable;
}

}  // namespace

std::uint32_t crc32c(const void* data, std::size_t size, std::uint32_t previous) noexcept {
    static const Step step = pick();
    return ~step(~previous, static_cast<const unsigned char*>(data), size);
}

}  // namespace lectern::sys
