// plugins/documents/characters.hpp: how long a text is to its reader.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace lectern::documents {

// Code points of valid UTF-8.
[[nodiscard]] inline std::size_t characters(std::string_view text) noexcept {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    }));
}

}  // namespace lectern::documents
