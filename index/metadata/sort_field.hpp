// index/metadata/sort_field.hpp: what hits are sorted by.
#pragma once

#include <string>
#include <string_view>

#include "lectern/status.hpp"

namespace lectern {

// "year" or "-year".
struct SortField {
    std::string field{};
    bool descending = false;
};
[[nodiscard]] Result<SortField> parse_sort(std::string_view text);

}  // namespace lectern
