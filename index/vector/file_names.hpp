// index/vector/file_names.hpp: what a segment's file is called: vector-GENERATION-NUMBER.segment.
// Internal to index/vector.
#pragma once

#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include "storage/store/types.hpp"

namespace lectern::index {

inline constexpr std::string_view segment_name_begins = "vector-";

// What the names of a generation's segments begin with.
[[nodiscard]] inline std::string segment_prefix(storage::GenerationNumber generation) {
    return std::string(segment_name_begins) + std::to_string(generation) + "-";
}

// Nothing for a name that is no segment's, finished or not.
[[nodiscard]] inline std::optional<storage::GenerationNumber> generation_in_name(
    std::string_view name) {
    if (!name.starts_with(segment_name_begins)) return {};
    name.remove_prefix(segment_name_begins.size());
    storage::GenerationNumber number = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (error != std::errc() || end == name.data() + name.size() || *end != '-') return {};
    return number;
}

}  // namespace lectern::index
