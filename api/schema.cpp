#include "api/schema.hpp"

#include <algorithm>
#include <array>
#include <boost/json/serialize.hpp>
#include <charconv>
#include <cmath>
#include <utility>

#include "text/suggest.hpp"

namespace lectern::api {
namespace {

namespace json = boost::json;
using json::value;

constexpr std::array<std::pair<Type, std::string_view>, 7> type_names{{{Type::null, "null"},
                                                                       {Type::boolean, "boolean"},
                                                                       {Type::integer, "integer"},
                                                                       {Type::number, "number"},
                                                                       {Type::string, "string"},
                                                                       {Type::array, "array"},
                                                                       {Type::object, "object"}}};

std::string_view type_name(Type type) noexcept {
    for (const auto& [one, name] : type_names)
        if (one == type) return name;
    return {};
}

std::optional<Type> type_named(std::string_view name) noexcept {
    for (const auto& [type, one] : type_names)
        if (one == name) return type;
    return {};
}

std::string in_quotes(std::string_view text) {
    return "'" + std::string(text) + "'";
}

std::string below(const std::string& path, std::string_view key) {
    return path.empty() ? std::string(key) : path + "/" + std::string(key);
}

// In as few digits as tell it from others.
std::string number_text(double number) {
    if (number == std::floor(number) && std::abs(number) < 1e15)
        return std::to_string(static_cast<std::int64_t>(number));
    std::array<char, 32> out{};
    return {out.data(), std::to_chars(out.data(), out.data() + out.size(), number).ptr};
}

// A value as a message shows it: "'many'", "12", "a list".
std::string shown(const value& json) {
    if (json.is_object()) return "a map";
    if (json.is_array()) return "a list";
    if (const auto* text = json.if_string())
        return in_quotes(std::string_view(text->data(), std::min<std::size_t>(text->size(), 60)));
    if (json.is_double()) return number_text(json.get_double());
    return json::serialize(json);
}

value number_value(double number) {
    if (number == std::floor(number) && std::abs(number) < 1e15)
        return static_cast<std::int64_t>(number);
    return number;
}

std::size_t characters(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char byte) {
        return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U;
    }));
}

Status broken(const std::string& where, std::string_view what) {
    return {Code::invalid_argument,
            (where.empty() ? std::string("its top") : where) + ": " + std::string(what)};
}

}  // namespace

bool Schema::is(Type type) const noexcept {
    return std::find(types.begin(), types.end(), type) != types.end();
}

bool same(const value& a, const value& b) {
    if (a.is_number() && b.is_number()) return a.to_number<double>() == b.to_number<double>();
    return a == b;
}

bool is_type(const value& json, Type type) noexcept {
    switch (type) {
        case Type::null: return json.is_null();
        case Type::boolean: return json.is_bool();
        case Type::integer:
            if (json.is_int64() || json.is_uint64()) return true;
            return json.is_double() && json.get_double() == std::floor(json.get_double()) &&
                   std::abs(json.get_double()) < 9e15;
        case Type::number: return json.is_number();
        case Type::string: return json.is_string();
        case Type::array: return json.is_array();
        case Type::object: return json.is_object();
    }
    return false;
}

// -------------------------------------------------------------------- JSON Schema

// Depth is bounded by max_schema_depth, or by the tables of this room.
// NOLINTNEXTLINE(misc-no-recursion)
json::object json_of(const Schema& schema) {
    json::object out;
    if (!schema.title.empty()) out["title"] = schema.title;
    if (schema.types.size() == 1 && schema.choices.empty()) {
        out["type"] = type_name(schema.types.front());
    } else if (schema.types.size() > 1) {
        json::array names;
        for (const Type type : schema.types) names.emplace_back(type_name(type));
        out["type"] = std::move(names);
    }
    if (!schema.choices.empty())
        out["enum"] = json::array(schema.choices.begin(), schema.choices.end());
    if (schema.minimum) out["minimum"] = number_value(*schema.minimum);
    if (schema.maximum) out["maximum"] = number_value(*schema.maximum);
    if (schema.min_length > 0) out["minLength"] = schema.min_length;
    if (schema.min_items > 0) out["minItems"] = schema.min_items;
    if (!schema.items.empty()) out["items"] = json_of(schema.items.front());
    if (schema.initial) out["default"] = *schema.initial;
    if (!schema.text.empty()) out["description"] = schema.text;
    if (!schema.has_properties) return out;
    json::object properties;
    for (const Schema& property : schema.properties) properties[property.key] = json_of(property);
    out["properties"] = std::move(properties);
    out["required"] = json::array(schema.required.begin(), schema.required.end());
    if (!schema.open) out["additionalProperties"] = false;
    return out;
}

namespace {

Status parse_types(const value& json, const std::string& where, Schema& out) {
    std::vector<value> names;
    if (json.is_array())
        names.assign(json.get_array().begin(), json.get_array().end());
    else
        names.push_back(json);
    if (names.empty()) return broken(where, "\"type\" is an empty list");
    for (const value& name : names) {
        if (!name.is_string()) return broken(where, "\"type\" is a name or a list of names");
        const auto type = type_named(std::string_view(name.get_string()));
        if (!type)
            return broken(where, "the type " + in_quotes(std::string_view(name.get_string())) +
                                     " is not one of JSON Schema's");
        out.types.push_back(*type);
    }
    return {};
}

Status parse_limits(const json::object& json, const std::string& where, Schema& out) {
    for (const auto& [key, limit] :
         {std::pair{"minimum", &out.minimum}, {"maximum", &out.maximum}}) {
        const value* given = json.if_contains(key);
        if (given == nullptr) continue;
        if (!given->is_number()) return broken(where, "\"" + std::string(key) + "\" is a number");
        *limit = given->to_number<double>();
    }
    if (out.minimum && out.maximum && *out.minimum > *out.maximum)
        return broken(where, "\"minimum\" is more than \"maximum\"");
    return {};
}

Result<Schema> parse_node(const value& json, const std::string& where, int depth);

// NOLINTNEXTLINE(misc-no-recursion)
Status parse_properties(const json::object& json, const std::string& where, int depth,
                        Schema& out) {
    if (const value* properties = json.if_contains("properties")) {
        if (!properties->is_object()) return broken(where, "\"properties\" is an object");
        out.has_properties = true;
        for (const auto& item : properties->get_object()) {
            const std::string key(item.key());
            LECTERN_ASSIGN(Schema property, parse_node(item.value(), below(where, key), depth + 1));
            property.key = key;
            out.properties.push_back(std::move(property));
        }
    }
    const value* required = json.if_contains("required");
    if (required == nullptr) return {};
    if (!required->is_array()) return broken(where, "\"required\" is a list of names");
    for (const value& name : required->get_array()) {
        const auto known = [&](const Schema& property) {
            return name.is_string() && property.key == std::string_view(name.get_string());
        };
        if (std::none_of(out.properties.begin(), out.properties.end(), known))
            return broken(where, "\"required\" names " + shown(name) + ", which is no property");
        out.required.emplace_back(name.get_string());
    }
    return {};
}

// NOLINTNEXTLINE(misc-no-recursion)
Result<Schema> parse_node(const value& json, const std::string& where, int depth) {
    if (!json.is_object()) return broken(where, "a schema is an object");
    if (depth > max_schema_depth) return broken(where, "it is nested too deep");
    const json::object& object = json.get_object();
    Schema out;
    if (const value* types = object.if_contains("type"))
        LECTERN_TRY(parse_types(*types, where, out));
    if (const value* text = object.if_contains("description"); text != nullptr && text->is_string())
        out.text = std::string(text->get_string());
    LECTERN_TRY(parse_limits(object, where, out));
    LECTERN_TRY(parse_properties(object, where, depth, out));
    if (const value* items = object.if_contains("items")) {
        LECTERN_ASSIGN(Schema item, parse_node(*items, below(where, "items"), depth + 1));
        out.items.push_back(std::move(item));
    }
    if (const value* choices = object.if_contains("enum")) {
        if (!choices->is_array() || choices->get_array().empty())
            return broken(where, "\"enum\" is a list of one value or more");
        out.choices.assign(choices->get_array().begin(), choices->get_array().end());
    }
    if (const value* given = object.if_contains("default")) {
        Complaints complaints;
        out.initial = check(out, *given, "", complaints);
        if (!complaints.empty())
            return broken(where, "its own default does not fit: " + complaints.front().message);
    }
    return out;
}

}  // namespace

Result<Schema> parse_schema(const value& json) {
    return parse_node(json, "", 0);
}

// ------------------------------------------------------------------------ words

namespace {

// " from 1 to 100", ", 1 or more".
std::string range_text(const Schema& schema) {
    // The limits of the type itself: both are the same number but for the sign.
    if (schema.minimum && schema.maximum && *schema.maximum >= 1e15 &&
        *schema.minimum == -*schema.maximum)
        return ", each within 3.4e38";
    if (schema.minimum && schema.maximum)
        return " from " + number_text(*schema.minimum) + " to " + number_text(*schema.maximum);
    if (schema.minimum) return ", " + number_text(*schema.minimum) + " or more";
    if (schema.maximum) return ", " + number_text(*schema.maximum) + " or less";
    return {};
}

std::string choices_text(const Schema& schema) {
    std::vector<std::string> names;
    for (const value& choice : schema.choices)
        names.push_back(choice.is_string() ? std::string(choice.get_string()) : shown(choice));
    const std::vector<std::string_view> views(names.begin(), names.end());
    return text::list(views);
}

std::string list_text(const Schema& schema) {
    const std::string many = schema.min_items > 0 ? ", one at least" : "";
    if (schema.items.empty()) return "a list" + many;
    const Schema& item = schema.items.front();
    if (item.is(Type::string)) return "a list of strings" + many;
    if (item.is(Type::number)) return "a list of numbers" + range_text(item) + many;
    return "a list" + many;
}

// "a whole number or text": what a wrong value should have been.
std::string wanted(const Schema& schema) {
    std::string out;
    for (const Type type : schema.types) {
        if (!out.empty()) out += " or ";
        switch (type) {
            case Type::null: out += "nothing"; break;
            case Type::boolean: out += "true or false"; break;
            case Type::integer: out += "a whole number"; break;
            case Type::number: out += "a number"; break;
            case Type::string: out += "text"; break;
            case Type::array: out += "a list"; break;
            case Type::object: out += "a map"; break;
        }
    }
    return out;
}

}  // namespace

std::string must_be(const Schema& schema) {
    if (!schema.choices.empty()) return "one of: " + choices_text(schema);
    std::string out;
    for (const Type type : schema.types) {
        if (!out.empty()) out += " or ";
        switch (type) {
            case Type::null: out += "null"; break;
            case Type::boolean: out += "true or false"; break;
            case Type::integer: out += "a whole number" + range_text(schema); break;
            case Type::number: out += "a number" + range_text(schema); break;
            case Type::string:
                out += schema.min_length > 0 ? "a string that is not empty" : "a string";
                break;
            case Type::array: out += list_text(schema); break;
            case Type::object: out += "an object"; break;
        }
    }
    return out;
}

// --------------------------------------------------------------------- checking

namespace {

json::object check_object(const Schema& schema, const json::object& object, const std::string& path,
                          Complaints& complaints);

void check_bounds(const Schema& schema, const value& json, const std::string& path,
                  Complaints& complaints) {
    const auto complain = [&](std::string message) {
        complaints.push_back({path, shown(json) + std::move(message), must_be(schema)});
    };
    if (json.is_number()) {
        const double number = json.to_number<double>();
        if (schema.minimum && number < *schema.minimum)
            complain(" is too small; the least is " + number_text(*schema.minimum));
        if (schema.maximum && number > *schema.maximum)
            complain(" is too large; the most is " + number_text(*schema.maximum));
    }
    if (json.is_string() && characters(json.get_string()) < schema.min_length)
        complain(" is too short; give it " + std::to_string(schema.min_length) +
                 " characters or more");
    if (json.is_array() && json.get_array().size() < schema.min_items)
        complain(" of " + std::to_string(json.get_array().size()) + " is too short; give it " +
                 std::to_string(schema.min_items) + " or more");
}

}  // namespace

// Depth is bounded by the schema's, and where that allows anything, nothing is looked into.
// NOLINTNEXTLINE(misc-no-recursion)
value check(const Schema& schema, const value& json, const std::string& path,
            Complaints& complaints) {
    const bool fits =
        schema.types.empty() || std::any_of(schema.types.begin(), schema.types.end(),
                                            [&](Type type) { return is_type(json, type); });
    if (!fits) {
        const bool text_only = schema.types == std::vector{Type::string};
        complaints.push_back({path,
                              shown(json) + " does not fit; give it " + wanted(schema) +
                                  (text_only && !json.is_structured() ? " (put it in quotes)" : ""),
                              must_be(schema)});
        return json;
    }
    const auto chosen = [&](const value& choice) { return same(choice, json); };
    if (!schema.choices.empty() &&
        std::none_of(schema.choices.begin(), schema.choices.end(), chosen)) {
        complaints.push_back(
            {path, shown(json) + " is not a choice; choose one of " + choices_text(schema),
             must_be(schema)});
        return json;
    }
    check_bounds(schema, json, path, complaints);
    // Who asks for an integer gets one, also for "3.0".
    if (json.is_double() && schema.is(Type::integer) && is_type(json, Type::integer))
        return value(static_cast<std::int64_t>(json.get_double()));
    if (json.is_array() && !schema.items.empty()) {
        json::array out;
        for (const value& item : json.get_array())
            out.push_back(check(schema.items.front(), item, below(path, std::to_string(out.size())),
                                complaints));
        return out;
    }
    if (json.is_object() && schema.has_properties)
        return check_object(schema, json.get_object(), path, complaints);
    return json;
}

namespace {

// NOLINTNEXTLINE(misc-no-recursion)
json::object check_object(const Schema& schema, const json::object& object, const std::string& path,
                          Complaints& complaints) {
    std::vector<std::string_view> known;
    for (const Schema& property : schema.properties) known.push_back(property.key);
    const std::string otherwise =
        known.empty() ? "; there are no options here" : "; known options: " + text::list(known);
    for (const auto& item : object) {
        const std::string_view key = item.key();
        if (std::find(known.begin(), known.end(), key) == known.end())
            complaints.push_back({below(path, key),
                                  "unknown option" + text::did_you_mean(key, known, otherwise),
                                  {}});
    }
    json::object out;
    for (const Schema& property : schema.properties) {
        const std::string& key = property.key;
        const value* given = object.if_contains(key);
        if (given != nullptr && (!given->is_null() || property.is(Type::null))) {
            out[key] = check(property, *given, below(path, key), complaints);
        } else if (property.initial) {
            out[key] = *property.initial;
        } else if (std::find(schema.required.begin(), schema.required.end(), key) !=
                   schema.required.end()) {
            complaints.push_back(
                {below(path, key), "not given, and it is required; add it", must_be(property)});
        } else if (property.has_properties) {
            // The defaults below an option that is not given; without it, nothing below is
            // required. A schema may contradict itself (a string with properties): what does not
            // fit it is not filled in.
            Complaints unmet;
            json::object inner = check_object(property, {}, below(path, key), unmet);
            if (inner.empty() || !unmet.empty()) continue;
            value fitted = check(property, inner, below(path, key), unmet);
            if (unmet.empty()) out[key] = std::move(fitted);
        }
    }
    return out;
}

}  // namespace
}  // namespace lectern::api
