#include "passages/characters.hpp"

#include <algorithm>
#include <array>

namespace lectern::passages {
namespace {

using namespace std::string_view_literals;

// White_Space=Yes beyond ASCII (Unicode 15, PropList.txt), in UTF-8.
constexpr std::array spaces{"\u0085"sv, "\u00A0"sv, "\u1680"sv, "\u2000"sv, "\u2001"sv,
                            "\u2002"sv, "\u2003"sv, "\u2004"sv, "\u2005"sv, "\u2006"sv,
                            "\u2007"sv, "\u2008"sv, "\u2009"sv, "\u200A"sv, "\u2028"sv,
                            "\u2029"sv, "\u202F"sv, "\u205F"sv, "\u3000"sv};

bool continues(char c) noexcept {
    return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

}  // namespace

std::size_t space_at(std::string_view text, std::size_t at) noexcept {
    if (at >= text.size()) return 0;
    const char c = text[at];
    if (c == ' ' || (c >= '\t' && c <= '\r')) return 1;
    if (static_cast<unsigned char>(c) < 0x80U) return 0;
    for (const std::string_view space : spaces)
        if (text.substr(at, space.size()) == space) return space.size();
    return 0;
}

Range trimmed(std::string_view text, Range range) noexcept {
    while (range.begin < range.end) {
        const std::size_t width = space_at(text, range.begin);
        if (width == 0) break;
        range.begin += width;
    }
    range.begin = std::min(range.begin, range.end);
    while (range.end > range.begin) {
        const std::size_t last = boundary_before(text, range.end - 1);
        if (space_at(text, last) == 0) break;
        range.end = last;
    }
    return range;
}

std::size_t boundary_before(std::string_view text, std::size_t at) noexcept {
    if (at >= text.size()) return text.size();
    while (at > 0 && continues(text[at])) --at;
    return at;
}

std::size_t next_character(std::string_view text, std::size_t at) noexcept {
    if (at >= text.size()) return text.size();
    ++at;
    while (at < text.size() && continues(text[at])) ++at;
    return at;
}

}  // namespace lectern::passages
