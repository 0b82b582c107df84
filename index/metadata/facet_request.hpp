// index/metadata/facet_request.hpp: what is counted of a field: "year" each value, "year(1990,
// 2000)" the values up to 1990, from there to 2000, and from there on.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "index/metadata/expression.hpp"
#include "lectern/status.hpp"

namespace lectern::filter {

struct FacetRequest {
    std::string field{};
    // All numbers, or all dates, ascending. Empty: each value is counted.
    std::vector<Literal> bounds{};
};

// Whether the text has bounds, and so is no field's name as it stands.
[[nodiscard]] bool has_bounds(std::string_view text) noexcept;

// Errors are invalid_argument and name the facet.
[[nodiscard]] Result<FacetRequest> parse_facet(std::string_view text);

// "..1990", "1990..2000", "2000..": the ranges between the bounds, one more than these.
[[nodiscard]] std::vector<std::string> range_names(const std::vector<Literal>& bounds);

}  // namespace lectern::filter
