// passages/characters.hpp: white space and character boundaries in UTF-8.
#pragma once

#include <cstddef>
#include <string_view>

#include "text/text.hpp"

namespace lectern::passages {

using text::Range;

[[nodiscard]] inline std::string_view piece(std::string_view text, Range range) noexcept {
    return text.substr(range.begin, range.end - range.begin);
}

// Bytes of the white space character (Unicode's property White_Space) at `at`, or 0.
[[nodiscard]] std::size_t space_at(std::string_view text, std::size_t at) noexcept;

// The range without white space at both ends; empty at range.end when there is nothing else.
[[nodiscard]] Range trimmed(std::string_view text, Range range) noexcept;

// The last character boundary at or before `at`.
[[nodiscard]] std::size_t boundary_before(std::string_view text, std::size_t at) noexcept;

// The begin of the character behind the one at `at`.
[[nodiscard]] std::size_t next_character(std::string_view text, std::size_t at) noexcept;

}  // namespace lectern::passages
