// index/metadata/matcher.hpp: one condition, ready to be asked of many values.
#pragma once

#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "index/metadata/expression.hpp"

namespace lectern::filter {

// Borrows the condition. One thread at a time.
class Matcher {
 public:
    explicit Matcher(const Condition& condition);
    [[nodiscard]] bool operator()(const Value& value);
    // Of a field that is always a string.
    [[nodiscard]] bool text(std::string_view value);
    [[nodiscard]] bool time(std::int64_t milliseconds) const;

 private:
    [[nodiscard]] bool number(const Number& value) const;
    // Lower case in `folded_`, for contains and begins.
    void fold(std::string_view value);

    const Condition& condition_;
    std::unordered_set<std::string_view> strings_;
    std::vector<Number> numbers_;  // ascending
    std::vector<TimeSpan> spans_;
    bool truth_[2] = {false, false};
    std::string folded_;
};

}  // namespace lectern::filter
