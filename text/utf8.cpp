// UTF-8 validity, cutting and first letters. The table of well-formed sequences is Unicode's table
// 3-7.
#include <unicode/uchar.h>
#include <unicode/utf8.h>
#include <unicode/uvernum.h>

#include <array>
#include <cstdint>
#include <cstring>

#include "text/text.hpp"

namespace lectern::text {
namespace {

constexpr std::uint64_t high_bits = 0x8080808080808080ULL;

constexpr bool in(unsigned char byte, unsigned char low, unsigned char high) noexcept {
    return byte >= low && byte <= high;
}

// Bytes of the well-formed non-ASCII sequence at `p`, or 0.
std::size_t sequence(const unsigned char* p, std::size_t left) noexcept {
    const unsigned char lead = p[0];
    if (in(lead, 0xC2, 0xDF)) return left >= 2 && in(p[1], 0x80, 0xBF) ? 2 : 0;
    if (in(lead, 0xE0, 0xEF)) {
        const unsigned char low = lead == 0xE0 ? 0xA0 : 0x80;
        const unsigned char high = lead == 0xED ? 0x9F : 0xBF;
        return left >= 3 && in(p[1], low, high) && in(p[2], 0x80, 0xBF) ? 3 : 0;
    }
    if (in(lead, 0xF0, 0xF4)) {
        const unsigned char low = lead == 0xF0 ? 0x90 : 0x80;
        const unsigned char high = lead == 0xF4 ? 0x8F : 0xBF;
        return left >= 4 && in(p[1], low, high) && in(p[2], 0x80, 0xBF) && in(p[3], 0x80, 0xBF) ? 4
                                                                                                : 0;
    }
    return 0;
}

}  // namespace

std::size_t invalid_utf8_at(std::string_view text) noexcept {
    const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
    const std::size_t size = text.size();
    std::size_t at = 0;
    while (at < size) {
        while (at + sizeof(std::uint64_t) <= size) {
            std::uint64_t eight = 0;
            std::memcpy(&eight, bytes + at, sizeof eight);
            if ((eight & high_bits) != 0) break;
            at += sizeof eight;
        }
        while (at < size && bytes[at] < 0x80) ++at;
        while (at < size && bytes[at] >= 0x80) {
            const std::size_t length = sequence(bytes + at, size - at);
            if (length == 0) return at;
            at += length;
        }
    }
    return std::string_view::npos;
}

unsigned icu_major_version() noexcept {
    return U_ICU_VERSION_MAJOR_NUM;
}

std::string_view prefix(std::string_view text, std::size_t bytes) noexcept {
    if (bytes >= text.size()) return text;
    std::size_t end = bytes;
    while (end > 0 && bytes - end < 3 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80)
        --end;
    return text.substr(0, end);
}

std::string with_capital(std::string_view text) {
    if (text.empty()) return {};
    std::int32_t at = 0;
    UChar32 c = 0;
    U8_NEXT(text.data(), at, static_cast<std::int32_t>(text.size()), c);
    if (c <= 0) return std::string(text);
    std::array<char, 4> first{};
    std::int32_t size = 0;
    const UChar32 upper = u_totitle(c);
    U8_APPEND_UNSAFE(first.data(), size, upper);
    return std::string(first.data(), static_cast<std::size_t>(size))
        .append(text.substr(static_cast<std::size_t>(at)));
}

}  // namespace lectern::text
