#include "api/json_text.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <string_view>

namespace lectern::api {
namespace {

namespace json = boost::json;

// Beyond these the zeros would be more than the digits.
constexpr double least_plain = 1e-6;
constexpr double most_plain = 1e15;

void append(double number, std::string& out) {
    if (!std::isfinite(number)) {
        out += "null";
        return;
    }
    const double size = std::abs(number);
    const bool plain = size == 0 || (size >= least_plain && size < most_plain);
    std::array<char, 40> text{};
    const auto end =
        std::to_chars(text.data(), text.data() + text.size(), number,
                      plain ? std::chars_format::fixed : std::chars_format::scientific);
    out.append(text.data(), static_cast<std::size_t>(end.ptr - text.data()));
}

void append(const json::value& value, std::string& out) {
    if (const double* number = value.if_double()) return append(*number, out);
    if (const json::object* object = value.if_object()) {
        std::string_view before = "{";
        for (const auto& [name, field] : *object) {
            out.append(before).append(json::serialize(name)).push_back(':');
            append(field, out);
            before = ",";
        }
        out += object->empty() ? "{}" : "}";
    } else if (const json::array* array = value.if_array()) {
        std::string_view before = "[";
        for (const json::value& item : *array) {
            out += before;
            append(item, out);
            before = ",";
        }
        out += array->empty() ? "[]" : "]";
    } else {
        out += json::serialize(value);
    }
}

}  // namespace

std::string json_text(const json::value& value) {
    std::string out;
    append(value, out);
    return out;
}

}  // namespace lectern::api
