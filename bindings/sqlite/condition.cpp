#include "bindings/sqlite/condition.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "bindings/sqlite/document.hpp"

namespace lectern::sqlite {
namespace {

constexpr std::array comparisons{SQLITE_INDEX_CONSTRAINT_EQ,     SQLITE_INDEX_CONSTRAINT_GT,
                                 SQLITE_INDEX_CONSTRAINT_LE,     SQLITE_INDEX_CONSTRAINT_LT,
                                 SQLITE_INDEX_CONSTRAINT_GE,     SQLITE_INDEX_CONSTRAINT_NE,
                                 SQLITE_INDEX_CONSTRAINT_ISNOT,  SQLITE_INDEX_CONSTRAINT_IS,
                                 SQLITE_INDEX_CONSTRAINT_ISNULL, SQLITE_INDEX_CONSTRAINT_ISNOTNULL};

std::string in_marks(std::string_view text, char mark) {
    std::string out(1, mark);
    for (const char c : text) {
        if (c == mark || c == '\\') out += '\\';
        out += c;
    }
    return out += mark;
}

std::string field(std::string_view name) {
    return in_marks("metadata." + std::string(name), '`');
}

// Rows whose value in the column is of one of the kinds (document.hpp).
std::string of_kinds(std::string_view column, std::string_view kinds) {
    std::string out = "`" + std::string(own_field) + ".types` in (";
    for (const char kind : kinds)
        out +=
            in_marks(std::string(column) + ':' + kind, '"') + (kind == kinds.back() ? ")" : ", ");
    return out;
}

std::string number(const Value& value) {
    if (value.type == SQLITE_INTEGER) return std::to_string(value.integer);
    std::array<char, 32> out{};
    return {out.data(), std::to_chars(out.data(), out.data() + out.size(), value.real).ptr};
}

std::string listed(const std::vector<std::string>& values) {
    std::string out;
    for (const std::string& value : values) out += (out.empty() ? "" : ", ") + value;
    return out;
}

// The index takes a text that begins so for a date, whose order is another.
bool like_a_date(std::string_view text) {
    return text.size() > 4 && text[4] == '-' &&
           std::all_of(text.begin(), text.begin() + 4, [](char c) { return c >= '0' && c <= '9'; });
}

std::string equal(std::string_view column, const std::vector<Value>& values) {
    std::vector<std::string> numbers;
    std::vector<std::string> texts;
    for (const Value& value : values) {
        const char kind = kind_of(value);
        if (kind == 'n') numbers.push_back(number(value));
        if (kind == 't') texts.push_back(in_marks(value.bytes, '"'));
    }
    // What only the table knows may be equal to anything.
    std::string out = of_kinds(column, "x");
    if (!numbers.empty()) out += " or " + field(column) + " in (" + listed(numbers) + ")";
    if (!texts.empty()) out += " or " + field(column) + " in (" + listed(texts) + ")";
    return "(" + out + ")";
}

std::string ordered(std::string_view column, int comparison, const Value& value) {
    const bool less =
        comparison == SQLITE_INDEX_CONSTRAINT_LT || comparison == SQLITE_INDEX_CONSTRAINT_LE;
    const std::string_view sign = comparison == SQLITE_INDEX_CONSTRAINT_LT   ? " < "
                                  : comparison == SQLITE_INDEX_CONSTRAINT_LE ? " <= "
                                  : comparison == SQLITE_INDEX_CONSTRAINT_GT ? " > "
                                                                             : " >= ";
    switch (kind_of(value)) {
        case 'n':
            return "(" + field(column) + std::string(sign) + number(value) + " or " +
                   of_kinds(column, less ? "x" : "tx") + ")";
        case 't':
            if (like_a_date(value.bytes)) return of_kinds(column, "ntx");
            return "(" + field(column) + std::string(sign) + in_marks(value.bytes, '"') + " or " +
                   of_kinds(column, less ? "nx" : "x") + ")";
        default: return of_kinds(column, "ntx");
    }
}

bool one_of(const std::vector<Value>& values, const Value& value) {
    return std::any_of(values.begin(), values.end(), [&](const Value& other) {
        return other.null() ? false : compare(value, other) == 0;
    });
}

}  // namespace

bool known_comparison(int comparison) {
    return std::find(comparisons.begin(), comparisons.end(), comparison) != comparisons.end();
}

bool fulfils(const Condition& condition, const Value& value) {
    const auto null_wanted = [&] {
        return condition.values.empty() || condition.values.front().null();
    };
    switch (condition.comparison) {
        case SQLITE_INDEX_CONSTRAINT_ISNULL: return value.null();
        case SQLITE_INDEX_CONSTRAINT_ISNOTNULL: return !value.null();
        case SQLITE_INDEX_CONSTRAINT_IS:
            return null_wanted() ? value.null() : !value.null() && one_of(condition.values, value);
        case SQLITE_INDEX_CONSTRAINT_ISNOT:
            return null_wanted() ? !value.null() : value.null() || !one_of(condition.values, value);
        default: break;
    }
    if (value.null()) return false;
    if (condition.comparison == SQLITE_INDEX_CONSTRAINT_EQ) return one_of(condition.values, value);
    if (null_wanted()) return false;
    const auto order = compare(value, condition.values.front());
    switch (condition.comparison) {
        case SQLITE_INDEX_CONSTRAINT_NE: return order != 0;
        case SQLITE_INDEX_CONSTRAINT_LT: return order < 0;
        case SQLITE_INDEX_CONSTRAINT_LE: return order <= 0;
        case SQLITE_INDEX_CONSTRAINT_GT: return order > 0;
        case SQLITE_INDEX_CONSTRAINT_GE: return order >= 0;
        default: return true;
    }
}

bool impossible(const Condition& condition) {
    switch (condition.comparison) {
        case SQLITE_INDEX_CONSTRAINT_ISNULL:
        case SQLITE_INDEX_CONSTRAINT_ISNOTNULL:
        case SQLITE_INDEX_CONSTRAINT_IS:
        case SQLITE_INDEX_CONSTRAINT_ISNOT: return false;
        default: break;
    }
    return std::all_of(condition.values.begin(), condition.values.end(),
                       [](const Value& value) { return value.null(); });
}

std::string filter_of(const Definition& definition, const Condition& condition) {
    const std::string& column = definition.columns[static_cast<std::size_t>(condition.column)].name;
    const bool null = condition.values.empty() || condition.values.front().null();
    switch (condition.comparison) {
        case SQLITE_INDEX_CONSTRAINT_EQ: return equal(column, condition.values);
        case SQLITE_INDEX_CONSTRAINT_IS:
            if (!null) return equal(column, condition.values);
            [[fallthrough]];
        case SQLITE_INDEX_CONSTRAINT_ISNULL: return "not " + of_kinds(column, "ntx");
        case SQLITE_INDEX_CONSTRAINT_ISNOT: return null ? of_kinds(column, "ntx") : std::string();
        case SQLITE_INDEX_CONSTRAINT_NE:
        case SQLITE_INDEX_CONSTRAINT_ISNOTNULL: return of_kinds(column, "ntx");
        default: return ordered(column, condition.comparison, condition.values.front());
    }
}

}  // namespace lectern::sqlite
