#include "index/metadata/matcher.hpp"

#include <algorithm>

#include "text/text.hpp"

namespace lectern::filter {
namespace {

template <typename T>
bool ordered(Comparison comparison, const T& value, const T& literal) {
    switch (comparison) {
        case Comparison::less: return value < literal;
        case Comparison::less_equal: return value <= literal;
        case Comparison::greater: return value > literal;
        case Comparison::greater_equal: return value >= literal;
        default: return false;
    }
}

}  // namespace

Matcher::Matcher(const Condition& condition) : condition_(condition) {
    for (const Literal& literal : condition.values) {
        if (literal.dated) spans_.push_back(literal.time);
        if (literal.kind == Kind::string) strings_.insert(literal.text);
        if (literal.kind == Kind::number) numbers_.push_back(literal.number);
        if (literal.kind == Kind::boolean) truth_[literal.number != Number() ? 1 : 0] = true;
    }
    std::sort(numbers_.begin(), numbers_.end());
    std::sort(spans_.begin(), spans_.end(),
              [](const TimeSpan& a, const TimeSpan& b) { return a.begin < b.begin; });
}

bool Matcher::operator()(const Value& value) {
    if (condition_.comparison == Comparison::exists) return true;
    switch (value.kind) {
        case Kind::string: return text(value.text);
        case Kind::number: return number(value.number);
        case Kind::boolean:
            return condition_.comparison == Comparison::one_of &&
                   truth_[value.number != Number() ? 1 : 0];
        case Kind::date:
            // Strings that are no dates are compared with what was written.
            return spans_.empty() || condition_.comparison == Comparison::contains ||
                           condition_.comparison == Comparison::begins
                       ? text(value.text)
                       : time(value.time) ||
                             (condition_.comparison == Comparison::one_of && text(value.text));
    }
    return false;
}

bool Matcher::text(std::string_view value) {
    if (condition_.comparison == Comparison::exists) return true;
    if (condition_.comparison == Comparison::one_of) return strings_.contains(value);
    const Literal& literal = condition_.values.front();
    if (literal.kind != Kind::string) return false;
    if (condition_.comparison == Comparison::contains) {
        fold(value);
        return folded_.find(literal.folded) != std::string::npos;
    }
    if (condition_.comparison == Comparison::begins) {
        fold(value);
        return folded_.starts_with(literal.folded);
    }
    return ordered<std::string_view>(condition_.comparison, value, literal.text);
}

bool Matcher::number(const Number& value) const {
    if (numbers_.empty()) return false;
    if (condition_.comparison == Comparison::one_of)
        return std::binary_search(numbers_.begin(), numbers_.end(), value);
    return ordered(condition_.comparison, value, numbers_.front());
}

bool Matcher::time(std::int64_t milliseconds) const {
    if (condition_.comparison == Comparison::exists) return true;
    if (spans_.empty()) return false;
    const TimeSpan& span = spans_.front();
    switch (condition_.comparison) {
        case Comparison::one_of: {
            // Few spans are far from each other; a day may lie in a month that is listed as well.
            return std::any_of(spans_.begin(), spans_.end(), [&](const TimeSpan& one) {
                return milliseconds >= one.begin && milliseconds < one.end;
            });
        }
        case Comparison::less: return milliseconds < span.begin;
        case Comparison::less_equal: return milliseconds < span.end;
        case Comparison::greater: return milliseconds >= span.end;
        case Comparison::greater_equal: return milliseconds >= span.begin;
        default: return false;
    }
}

void Matcher::fold(std::string_view value) {
    folded_.clear();
    for (const char c : value) {
        if ((static_cast<unsigned char>(c) & 0x80U) != 0) {
            folded_ = text::fold(value);
            return;
        }
        folded_.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
    }
}

}  // namespace lectern::filter
