// index/metadata/expression.hpp: a filter as a tree.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "index/metadata/date.hpp"
#include "index/metadata/value.hpp"

namespace lectern::filter {

struct Literal {
    Kind kind = Kind::string;
    std::string text{};    // as written, without quotation marks
    std::string folded{};  // of a string: as text::fold gives it
    Number number{};       // of a number; 0 or 1 of a boolean
    TimeSpan time{};       // of a date, and of a string that is one (`dated`)
    bool dated = false;
    std::size_t column = 0;
};

enum class Comparison : std::uint8_t {
    one_of,  // equal to one of the values; "=" has one
    less,
    less_equal,
    greater,
    greater_equal,
    contains,  // has the string in it, letter case aside
    begins,    // begins with the string, letter case aside
    exists     // no value
};

struct Condition {
    std::string field{};
    std::size_t column = 0;  // where the field stands, counted in characters from 1
    Comparison comparison = Comparison::exists;
    std::vector<Literal> values{};
};

struct Expression {
    enum class Kind : std::uint8_t { condition, negation, all, any };
    Kind kind = Kind::condition;
    Condition condition{};               // of a condition
    std::vector<Expression> operands{};  // one of a negation, two and more of all and any
};

}  // namespace lectern::filter
