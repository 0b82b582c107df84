#include "apps/server/openai/json_schema.hpp"

#include <array>
#include <cmath>

namespace lectern::server::schema {

namespace json = boost::json;

Status refused(std::string_view place, const std::string& what) {
    return {Code::invalid_argument, "the schema at " + std::string(place) + " " + what};
}

Status unsupported(std::string_view place, std::string_view keyword) {
    return refused(place, "has '" + std::string(keyword) + "', which is not supported here");
}

// ----------------------------------------------------------------------- places

std::string pointed(std::string_view key) {
    std::string out = "/";
    for (const char c : key) {
        if (c == '~')
            out += "~0";
        else if (c == '/')
            out += "~1";
        else
            out.push_back(c);
    }
    return out;
}

namespace {

std::string unpointed(std::string_view part) {
    std::string out;
    for (std::size_t i = 0; i < part.size(); ++i) {
        if (part[i] == '~' && i + 1 < part.size()) {
            out.push_back(part[++i] == '1' ? '/' : '~');
            continue;
        }
        out.push_back(part[i]);
    }
    return out;
}

}  // namespace

const json::value* find(const json::value& root, std::string_view pointer) {
    if (!pointer.starts_with('#')) return nullptr;
    pointer.remove_prefix(1);
    const json::value* at = &root;
    while (!pointer.empty()) {
        if (pointer.front() != '/') return nullptr;
        pointer.remove_prefix(1);
        const std::string key = unpointed(pointer.substr(0, pointer.find('/')));
        pointer.remove_prefix(std::min(pointer.find('/'), pointer.size()));
        const json::object* object = at->if_object();
        at = object == nullptr ? nullptr : object->if_contains(key);
        if (at == nullptr) return nullptr;
    }
    return at;
}

// ------------------------------------------------------------- keywords and types

namespace {

constexpr std::array<std::string_view, 20> says_nothing{
    "title",       "description",     "default",          "examples",
    "deprecated",  "readOnly",        "writeOnly",        "$schema",
    "$id",         "$comment",        "$anchor",          "$defs",
    "definitions", "discriminator",   "nullable",         "example",
    "id",          "contentEncoding", "contentMediaType", "$vocabulary"};

struct OfType {
    std::string_view type;
    std::vector<std::string_view> keywords;
};
const std::vector<OfType>& known_types() {
    static const std::vector<OfType> all{
        {"object", {"properties", "required", "additionalProperties"}},
        {"array", {"items", "prefixItems", "minItems", "maxItems"}},
        {"string", {"minLength", "maxLength", "format"}},
        {"number", {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}},
        {"integer", {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}},
        {"boolean", {}},
        {"null", {}}};
    return all;
}

}  // namespace

std::string_view type_name(const json::value& value) {
    switch (value.kind()) {
        case json::kind::object: return "object";
        case json::kind::array: return "array";
        case json::kind::string: return "string";
        case json::kind::bool_: return "boolean";
        case json::kind::null: return "null";
        case json::kind::int64:
        case json::kind::uint64: return "integer";
        case json::kind::double_: break;
    }
    return "number";
}

Status check_keywords(const json::object& object, const std::string& place) {
    constexpr std::array<std::string_view, 6> whole{"$ref",  "anyOf", "oneOf",
                                                    "allOf", "const", "enum"};
    std::string_view alone;
    for (const std::string_view name : whole) {
        if (!object.contains(name)) continue;
        if (!alone.empty())
            return refused(place, "has '" + std::string(alone) + "' beside '" + std::string(name) +
                                      "', which is not supported here");
        alone = name;
    }
    const bool listed = alone == "enum" || alone == "const";
    for (const auto& item : object) {
        const std::string_view key = item.key();
        if (key == alone || contains(says_nothing, key) || key.starts_with("x-")) continue;
        const bool known = key == "type" || std::any_of(known_types().begin(), known_types().end(),
                                                        [key](const OfType& type) {
                                                            return contains(type.keywords, key);
                                                        });
        if (!known) return unsupported(place, key);
        if (!alone.empty() && !(listed && key == "type"))
            return refused(place, "has '" + std::string(key) + "' beside '" + std::string(alone) +
                                      "', which is not supported here");
    }
    return {};
}

Result<std::vector<std::string>> types_of(const json::object& object, const std::string& place) {
    std::vector<std::string> out;
    const json::value* type = object.if_contains("type");
    if (type == nullptr) {
        for (const OfType& known : known_types())
            for (const std::string_view keyword : known.keywords)
                if (object.contains(keyword))
                    return std::vector<std::string>{std::string(known.type)};
        return out;
    }
    const json::array one{*type};
    const json::array* list = type->is_array() ? &type->get_array() : &one;
    for (const json::value& item : *list) {
        const bool known =
            item.is_string() &&
            std::any_of(known_types().begin(), known_types().end(), [&item](const OfType& each) {
                return each.type == std::string_view(item.get_string());
            });
        if (!known) return refused(place, "has a 'type' that JSON Schema does not know");
        out.emplace_back(item.get_string());
    }
    if (out.empty()) return refused(place, "has an empty list as 'type'");
    return out;
}

// ---------------------------------------------------------------- schemas apart

namespace {

const json::object* looked_up(const json::value& root, const json::value& schema) {
    const json::object* object = schema.if_object();
    for (int hops = 0; object != nullptr && hops < 8; ++hops) {
        const json::value* reference = object->if_contains("$ref");
        if (reference == nullptr || !reference->is_string()) return object;
        const json::value* found = find(root, reference->get_string());
        object = found == nullptr ? nullptr : found->if_object();
    }
    return nullptr;
}

bool requires_one(const json::object& object, std::string_view key) {
    const json::value* list = object.if_contains("required");
    return list != nullptr && list->is_array() &&
           std::any_of(list->get_array().begin(), list->get_array().end(),
                       [key](const json::value& name) {
                           return name.is_string() && std::string_view(name.get_string()) == key;
                       });
}

// The few that it may be; none: it is not said.
json::array values_of(const json::object& schema) {
    if (const json::value* value = schema.if_contains("const")) return json::array{*value};
    const json::value* list = schema.if_contains("enum");
    return list != nullptr && list->is_array() ? list->get_array() : json::array();
}

bool without_common(const json::array& a, const json::array& b) {
    return !a.empty() && !b.empty() &&
           std::none_of(a.begin(), a.end(), [&b](const json::value& value) {
               return std::find(b.begin(), b.end(), value) != b.end();
           });
}

bool pair_apart(const json::value& root, const json::value& a, const json::value& b) {
    const json::object* one = looked_up(root, a);
    const json::object* other = looked_up(root, b);
    if (one == nullptr || other == nullptr) return false;
    if (without_common(values_of(*one), values_of(*other))) return true;
    const json::value* type = one->if_contains("type");
    const json::value* type_of_other = other->if_contains("type");
    if (type == nullptr || type_of_other == nullptr || !type->is_string() ||
        !type_of_other->is_string())
        return false;
    const bool numbers = (*type == "integer" || *type == "number") &&
                         (*type_of_other == "integer" || *type_of_other == "number");
    if (*type != *type_of_other && !numbers) return true;
    if (*type != "object") return false;
    const json::value* properties = one->if_contains("properties");
    const json::value* of_other = other->if_contains("properties");
    if (properties == nullptr || of_other == nullptr || !properties->is_object() ||
        !of_other->is_object())
        return false;
    for (const auto& item : properties->get_object()) {
        const json::value* same = of_other->get_object().if_contains(item.key());
        if (same == nullptr || !requires_one(*one, item.key()) || !requires_one(*other, item.key()))
            continue;
        const json::object* mine = item.value().if_object();
        const json::object* theirs = same->if_object();
        if (mine != nullptr && theirs != nullptr &&
            without_common(values_of(*mine), values_of(*theirs)))
            return true;
    }
    return false;
}

}  // namespace

bool apart(const json::value& root, const json::array& all) {
    for (std::size_t i = 0; i < all.size(); ++i)
        for (std::size_t k = i + 1; k < all.size(); ++k)
            if (!pair_apart(root, all[i], all[k])) return false;
    return true;
}

// -------------------------------------------------------------- lengths and ranges

namespace {

constexpr std::int64_t most_whole = 999999999999999;  // 15 digits: a double holds each exactly
constexpr double most_decimal = 1e12;                 // where a number has one bound only

// A whole number of a keyword; nothing where it is not there.
Result<std::optional<std::uint64_t>> count_of(const json::object& object, std::string_view name,
                                              const std::string& place) {
    const json::value* value = object.if_contains(name);
    if (value == nullptr) return std::optional<std::uint64_t>{};
    boost::system::error_code error;
    const double number = value->is_number() ? value->to_number<double>(error) : -1;
    if (error || number < 0 || std::floor(number) != number)
        return refused(place, "must have a whole number as '" + std::string(name) + "'");
    return std::optional(static_cast<std::uint64_t>(std::min(number, 1e15)));
}

Result<std::optional<double>> bound_of(const json::object& object, const char* name,
                                       const std::string& place) {
    const json::value* value = object.if_contains(name);
    if (value == nullptr) return std::optional<double>{};
    boost::system::error_code error;
    const double number = value->is_number() ? value->to_number<double>(error) : 0;
    if (!value->is_number() || error)
        return refused(place, "must have a number as '" + std::string(name) + "'");
    return std::optional(number);
}

}  // namespace

Result<Bounds> bounds_of(const json::object& object, const std::string& place, const char* least,
                         const char* most) {
    LECTERN_ASSIGN(const auto low, count_of(object, least, place));
    LECTERN_ASSIGN(const auto high, count_of(object, most, place));
    Bounds out{low.value_or(0), high};
    if (out.least > most_repeats)
        return refused(place,
                       "has '" + std::string(least) + "' above " + std::to_string(most_repeats));
    if (high && *high < out.least)
        return refused(place, "allows no value: '" + std::string(most) + "' is below '" +
                                  std::string(least) + "'");
    if (out.most) out.most = std::min(*out.most, most_repeats);
    return out;
}

Result<NumberRange> range_of(const json::object& object, const std::string& place, bool whole) {
    if (const json::value* step = object.if_contains("multipleOf"))
        if (!whole || *step != 1) return unsupported(place, "multipleOf");
    LECTERN_ASSIGN(const auto least, bound_of(object, "minimum", place));
    LECTERN_ASSIGN(const auto most, bound_of(object, "maximum", place));
    LECTERN_ASSIGN(const auto above, bound_of(object, "exclusiveMinimum", place));
    LECTERN_ASSIGN(const auto below, bound_of(object, "exclusiveMaximum", place));
    if (!least && !most && !above && !below) return NumberRange{};
    const double limit = whole ? static_cast<double>(most_whole) : most_decimal;
    const double low = std::max({least.value_or(-limit), above.value_or(-limit), -limit});
    const double high = std::min({most.value_or(limit), below.value_or(limit), limit});
    // As many decimals as the bounds have, and 2 where these are whole.
    std::size_t places = 0;
    double scale = 1;
    if (!whole) {
        const auto exact = [&scale](double bound) {
            return std::abs(bound * scale - std::round(bound * scale)) <
                   1e-9 * std::max(1.0, std::abs(bound * scale));
        };
        while (places < 6 && (places < 2 || !exact(low) || !exact(high))) {
            const double next = scale * 10;
            if (std::max(std::abs(low), std::abs(high)) * next > static_cast<double>(most_whole))
                break;
            scale = next;
            ++places;
        }
    }
    constexpr double slack = 1e-6;
    auto first = static_cast<std::int64_t>(std::ceil(low * scale - slack));
    auto last = static_cast<std::int64_t>(std::floor(high * scale + slack));
    if (above && static_cast<double>(first) <= *above * scale + slack) ++first;
    if (below && static_cast<double>(last) >= *below * scale - slack) --last;
    if (first > last) return refused(place, "allows no number, or none of few enough digits");
    return NumberRange{true, first, last, places};
}

}  // namespace lectern::server::schema
