#include "index/metadata/metadata.hpp"

#include <boost/json.hpp>
#include <charconv>
#include <cmath>

#include "index/metadata/date.hpp"

namespace lectern::filter {
namespace {

namespace json = boost::json;

// Deeper values are left out; the parser itself stops at 32.
constexpr int deepest_path = 16;

// The map from a translation to its document (text/sentence_map.hpp): as long as the text has
// sentences, and nothing to look for.
constexpr std::string_view sentence_map = "translation.sentences";

void collect(const std::string& path, const json::value& value, int depth, Fields& to) {
    if (depth > deepest_path || path == sentence_map) return;
    Value one;
    switch (value.kind()) {
        case json::kind::null: return;
        case json::kind::object:
            for (const auto& [key, inner] : value.get_object())
                collect(path.empty() ? std::string(key) : path + "." + std::string(key), inner,
                        depth + 1, to);
            return;
        case json::kind::array:
            for (const json::value& inner : value.get_array()) collect(path, inner, depth + 1, to);
            return;
        case json::kind::bool_:
            one.kind = Kind::boolean;
            one.number = Number::of(value.get_bool() ? 1.0 : 0.0);
            break;
        case json::kind::int64:
            one.kind = Kind::number;
            one.number = Number::of(value.get_int64());
            break;
        case json::kind::uint64:
            one.kind = Kind::number;
            one.number = Number::of(value.get_uint64());
            break;
        case json::kind::double_:
            one.kind = Kind::number;
            one.number = Number::of(value.get_double());
            break;
        case json::kind::string:
            one.text = value.get_string();
            if (const auto time = parse_date(one.text)) {
                one.kind = Kind::date;
                one.time = time->begin;
            }
            break;
    }
    to[path].push_back(std::move(one));
}

// Wide enough for the sum of a double that is near a number of 64 bits, and its rest.
__extension__ using Wide = __int128;
__extension__ using UnsignedWide = unsigned __int128;

constexpr double all_whole_from = 9007199254740992.0;  // 2^53
constexpr double beyond_64_bits = 18446744073709551616.0;

std::string number_text(const Number& number) {
    char out[48];
    const double size = std::abs(number.nearest);
    if (size < all_whole_from || size > beyond_64_bits) {
        // 2020 and not 2.02E3, as the JSON library would write a double.
        return {out, std::to_chars(out, out + sizeof out, number.nearest).ptr};
    }
    const Wide whole = static_cast<Wide>(number.nearest) + number.rest;
    const auto magnitude = static_cast<UnsignedWide>(whole < 0 ? -whole : whole);
    const auto high = static_cast<std::uint64_t>(magnitude / 10'000'000'000U);
    const auto low = static_cast<std::uint64_t>(magnitude % 10'000'000'000U);
    std::string digits = std::to_string(low);
    if (high > 0) digits = std::to_string(high) + std::string(10 - digits.size(), '0') + digits;
    return whole < 0 ? "-" + digits : digits;
}

}  // namespace

Number Number::of(std::int64_t value) noexcept {
    const auto nearest = static_cast<double>(value);
    return {nearest, static_cast<std::int64_t>(Wide{value} - static_cast<Wide>(nearest))};
}

Number Number::of(std::uint64_t value) noexcept {
    const auto nearest = static_cast<double>(value);
    return {nearest, static_cast<std::int64_t>(Wide{value} - static_cast<Wide>(nearest))};
}

std::string to_text(const Value& value) {
    switch (value.kind) {
        case Kind::number: return number_text(value.number);
        case Kind::boolean: return value.number != Number() ? "true" : "false";
        default: return value.text;
    }
}

Fields fields_of(std::string_view text) {
    Fields out;
    if (text.size() <= 2) return out;  // "" and "{}"
    boost::system::error_code error;
    const json::value value = json::parse(text, error);
    if (!error && value.is_object()) collect("", value, 0, out);
    return out;
}

}  // namespace lectern::filter
