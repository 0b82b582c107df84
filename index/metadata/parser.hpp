// index/metadata/parser.hpp: a filter's text to its tree.
//
//     expression = conjunction { "or" conjunction }
//     conjunction = negation { "and" negation }
//     negation   = "not" negation | "(" expression ")" | condition
//     condition  = field ("=" | "!=" | "<" | "<=" | ">" | ">=") value
//                | field ["not"] "in" "(" value { "," value } ")"
//                | field ["not"] ("contains" | "begins") string
//                | field ["not"] "exists"
//     value      = string | number | date | "true" | "false"
//
// Keywords in any letter case. Errors name the column. Nothing throws; nesting is bounded.
#pragma once

#include <string_view>

#include "index/metadata/expression.hpp"
#include "lectern/status.hpp"

namespace lectern::filter {

inline constexpr int deepest = 100;  // parentheses and negations within each other
inline constexpr int most_conditions = 500;

[[nodiscard]] Result<Expression> parse(std::string_view text);

}  // namespace lectern::filter
