// documents/extracted.hpp: what every parser of this plugin gives, and how it fails.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "lectern/plugin.hpp"

namespace lectern::documents {

using plugin::Failure;

// Where the text from `begin` on comes from, until the next place: see lectern_place.
struct Place {
    std::uint32_t kind = LECTERN_PLACE_NONE;
    std::uint64_t number = 0;
    std::string name = {};
    std::uint32_t first_column = 0;
    std::uint32_t last_column = 0;
    std::size_t begin = 0;
    friend bool operator==(const Place&, const Place&) = default;
};

struct Extracted {
    std::string title;               // UTF-8, one line, may be empty
    std::string text;                // UTF-8, not only white space
    std::string metadata;            // members of a JSON object, without its braces; may be empty
    std::size_t replaced = 0;        // bytes that did not fit their character set
    std::vector<Place> places = {};  // in order of begin
};

[[noreturn]] inline void fail(lectern_code code, const std::string& message) {
    throw Failure(code, message);
}

// True when nothing would be left to read.
[[nodiscard]] inline bool only_white_space(std::string_view text) noexcept {
    return text.find_first_not_of(" \t\r\n\f\v") == std::string_view::npos;
}

// Without ASCII white space at both ends.
[[nodiscard]] inline std::string_view trimmed(std::string_view text) noexcept {
    const std::size_t begin = text.find_first_not_of(" \t\r\n\f\v");
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t\r\n\f\v") - begin + 1);
}

}  // namespace lectern::documents
