#include "index/metadata/metadata.hpp"

#include <boost/json.hpp>
#include <charconv>

#include "index/metadata/date.hpp"

namespace lectern::filter {
namespace {

namespace json = boost::json;

// Deeper values are left out; the parser itself stops at 32.
constexpr int deepest_path = 16;

void collect(const std::string& path, const json::value& value, int depth, Fields& to) {
    if (depth > deepest_path) return;
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
            one.number = value.get_bool() ? 1 : 0;
            break;
        case json::kind::int64:
            one.kind = Kind::number;
            one.number = static_cast<double>(value.get_int64());
            break;
        case json::kind::uint64:
            one.kind = Kind::number;
            one.number = static_cast<double>(value.get_uint64());
            break;
        case json::kind::double_:
            one.kind = Kind::number;
            one.number = value.get_double();
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

}  // namespace

std::string to_text(const Value& value) {
    switch (value.kind) {
        case Kind::number: {
            // 2020 and not 2.02E3, as the JSON library would write a double.
            char out[32];
            const auto end = std::to_chars(out, out + sizeof out, value.number).ptr;
            return {out, end};
        }
        case Kind::boolean: return value.number != 0 ? "true" : "false";
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
