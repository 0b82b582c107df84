#include "engine/plugin_host/option_schema.hpp"

#include <algorithm>
#include <array>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <cmath>
#include <utility>

#include "text/suggest.hpp"

namespace lectern::host {
namespace {

using boost::json::value;

constexpr int max_depth = 16;

std::string in_quotes(std::string_view text) {
    return "'" + std::string(text) + "'";
}

std::string below(const std::string& path, std::string_view key) {
    return path.empty() ? std::string(key) : path + "/" + std::string(key);
}

// A value as a message shows it: "'many'", "12", "a list".
std::string shown(const value& json) {
    if (json.is_object()) return "a map";
    if (json.is_array()) return "a list";
    if (const auto* text = json.if_string())
        return in_quotes(std::string_view(text->data(), std::min<std::size_t>(text->size(), 60)));
    return boost::json::serialize(json);
}

std::string number_text(double number) {
    return boost::json::serialize(value(number));
}

std::string bound_text(double bound) {
    if (bound == std::floor(bound) && std::abs(bound) < 1e15)
        return std::to_string(static_cast<std::int64_t>(bound));
    return number_text(bound);
}

Status broken(const std::string& where, std::string_view what) {
    return {Code::invalid_argument, "the option schema is broken at " +
                                        (where.empty() ? std::string("its top") : where) + ": " +
                                        std::string(what)};
}

bool same(const value& a, const value& b) {
    if (a.is_number() && b.is_number()) return a.to_number<double>() == b.to_number<double>();
    return a == b;
}

}  // namespace

std::string_view OptionSchema::type_name(Type type) noexcept {
    switch (type) {
        case Type::null: return "null";
        case Type::boolean: return "boolean";
        case Type::integer: return "integer";
        case Type::number: return "number";
        case Type::string: return "string";
        case Type::array: return "array";
        case Type::object: return "object";
    }
    return "";
}

std::optional<OptionSchema::Type> OptionSchema::type_named(std::string_view name) noexcept {
    for (const Type type : {Type::null, Type::boolean, Type::integer, Type::number, Type::string,
                            Type::array, Type::object})
        if (type_name(type) == name) return type;
    return std::nullopt;
}

// -------------------------------------------------------------------- parsing

Result<OptionSchema> OptionSchema::parse(std::string_view json) {
    OptionSchema schema;
    schema.root_.types = {Type::object};
    schema.root_.has_properties = true;
    if (json.empty()) return schema;

    boost::json::error_code error;
    boost::json::parse_options limits;
    limits.max_depth = 2 * max_depth + 4;  // each level of options is two levels of JSON
    const value parsed = boost::json::parse(json, error, {}, limits);
    if (error) return broken("", "not JSON: " + error.message());
    LECTERN_ASSIGN(schema.root_, parse_node(parsed, "", 0));
    if (schema.root_.types.empty()) schema.root_.types = {Type::object};
    if (schema.root_.types != std::vector{Type::object})
        return broken("", "the type of all options together is \"object\"");
    schema.root_.has_properties = true;
    return schema;
}

// Depth is bounded by max_depth.
// NOLINTNEXTLINE(misc-no-recursion)
Result<OptionSchema::Node> OptionSchema::parse_node(const value& json, const std::string& where,
                                                    int depth) {
    if (!json.is_object()) return broken(where, "a schema is an object");
    if (depth > max_depth) return broken(where, "it is nested too deep");
    const boost::json::object& object = json.get_object();
    Node node;
    if (const value* types = object.if_contains("type"))
        LECTERN_TRY(parse_types(*types, where, node));
    LECTERN_TRY(parse_limits(object, where, node));
    LECTERN_TRY(parse_properties(object, where, depth, node));
    if (const value* items = object.if_contains("items")) {
        LECTERN_ASSIGN(Node item, parse_node(*items, below(where, "items"), depth + 1));
        node.items.push_back(std::move(item));
    }
    if (const value* choices = object.if_contains("enum")) {
        if (!choices->is_array() || choices->get_array().empty())
            return broken(where, "\"enum\" is a list of one value or more");
        node.choices.assign(choices->get_array().begin(), choices->get_array().end());
    }
    if (const value* given = object.if_contains("default")) {
        Complaints complaints;
        node.default_value = check(node, *given, "", complaints);
        if (!complaints.empty())
            return broken(where, "its own default does not fit: " + complaints.front().message);
    }
    return node;
}

Status OptionSchema::parse_types(const value& json, const std::string& where, Node& node) {
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
        node.types.push_back(*type);
    }
    return {};
}

Status OptionSchema::parse_limits(const boost::json::object& json, const std::string& where,
                                  Node& node) {
    for (const auto& [key, out] :
         {std::pair{"minimum", &node.minimum}, {"maximum", &node.maximum}}) {
        const value* given = json.if_contains(key);
        if (given == nullptr) continue;
        if (!given->is_number()) return broken(where, "\"" + std::string(key) + "\" is a number");
        *out = given->to_number<double>();
    }
    if (node.minimum && node.maximum && *node.minimum > *node.maximum)
        return broken(where, "\"minimum\" is more than \"maximum\"");
    return {};
}

// NOLINTNEXTLINE(misc-no-recursion)
Status OptionSchema::parse_properties(const boost::json::object& json, const std::string& where,
                                      int depth, Node& node) {
    if (const value* properties = json.if_contains("properties")) {
        if (!properties->is_object()) return broken(where, "\"properties\" is an object");
        node.has_properties = true;
        for (const auto& item : properties->get_object()) {
            const std::string key(item.key());
            LECTERN_ASSIGN(Node property, parse_node(item.value(), below(where, key), depth + 1));
            property.key = key;
            node.properties.push_back(std::move(property));
        }
    }
    const value* required = json.if_contains("required");
    if (required == nullptr) return {};
    if (!required->is_array()) return broken(where, "\"required\" is a list of names");
    for (const value& name : required->get_array()) {
        const auto known = [&](const Node& property) {
            return name.is_string() && property.key == std::string_view(name.get_string());
        };
        if (std::none_of(node.properties.begin(), node.properties.end(), known))
            return broken(where, "\"required\" names " + shown(name) + ", which is no property");
        node.required.emplace_back(name.get_string());
    }
    return {};
}

// ------------------------------------------------------------------- checking

bool OptionSchema::is_type(const value& json, Type type) noexcept {
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

// "a whole number, or text": what a wrong value should have been.
std::string OptionSchema::wanted(const Node& node) {
    std::string out;
    for (const Type type : node.types) {
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

// Depth is bounded by the schema's, and where that allows anything, nothing is looked into.
// NOLINTNEXTLINE(misc-no-recursion)
value OptionSchema::check(const Node& node, const value& json, const std::string& path,
                          Complaints& complaints) {
    const bool fits =
        node.types.empty() || std::any_of(node.types.begin(), node.types.end(),
                                          [&](Type type) { return is_type(json, type); });
    if (!fits) {
        const bool text_only = node.types == std::vector{Type::string};
        complaints.push_back(
            {path, shown(json) + " does not fit; give it " + wanted(node) +
                       (text_only && !json.is_structured() ? " (put it in quotes)" : "")});
        return json;
    }
    const auto chosen = [&](const value& choice) { return same(choice, json); };
    if (!node.choices.empty() && std::none_of(node.choices.begin(), node.choices.end(), chosen)) {
        std::vector<std::string> names;
        for (const value& choice : node.choices)
            names.push_back(choice.is_string() ? std::string(choice.get_string()) : shown(choice));
        const std::vector<std::string_view> views(names.begin(), names.end());
        complaints.push_back(
            {path, shown(json) + " is not a choice; choose one of " + text::list(views)});
        return json;
    }
    if (json.is_number()) {
        const double number = json.to_number<double>();
        if (node.minimum && number < *node.minimum)
            complaints.push_back(
                {path, shown(json) + " is too small; the least is " + bound_text(*node.minimum)});
        if (node.maximum && number > *node.maximum)
            complaints.push_back(
                {path, shown(json) + " is too large; the most is " + bound_text(*node.maximum)});
        // A plugin that asks for an integer gets one, also for "3.0".
        const bool whole =
            std::find(node.types.begin(), node.types.end(), Type::integer) != node.types.end();
        if (whole && json.is_double() && is_type(json, Type::integer))
            return value(static_cast<std::int64_t>(json.get_double()));
    }
    if (json.is_array() && !node.items.empty()) {
        boost::json::array out;
        for (const value& item : json.get_array())
            out.push_back(check(node.items.front(), item, below(path, std::to_string(out.size())),
                                complaints));
        return out;
    }
    if (json.is_object() && node.has_properties)
        return check_object(node, json.get_object(), path, complaints);
    return json;
}

// NOLINTNEXTLINE(misc-no-recursion)
boost::json::object OptionSchema::check_object(const Node& node, const boost::json::object& object,
                                               const std::string& path, Complaints& complaints) {
    std::vector<std::string_view> known;
    for (const Node& property : node.properties) known.push_back(property.key);
    const std::string otherwise =
        known.empty() ? "; there are no options here" : "; known options: " + text::list(known);
    for (const auto& item : object) {
        const std::string_view key = item.key();
        if (std::find(known.begin(), known.end(), key) == known.end())
            complaints.push_back(
                {below(path, key), "unknown option" + text::did_you_mean(key, known, otherwise)});
    }
    boost::json::object out;
    for (const Node& property : node.properties) {
        const std::string& key = property.key;
        const value* given = object.if_contains(key);
        const bool null_allowed = std::find(property.types.begin(), property.types.end(),
                                            Type::null) != property.types.end();
        if (given != nullptr && (!given->is_null() || null_allowed)) {
            out[key] = check(property, *given, below(path, key), complaints);
        } else if (property.default_value) {
            out[key] = *property.default_value;
        } else if (std::find(node.required.begin(), node.required.end(), key) !=
                   node.required.end()) {
            complaints.push_back({below(path, key), "not given, and it is required; add it"});
        } else if (property.has_properties) {
            // The defaults below an option that is not given; without it, nothing below is
            // required. A schema may contradict itself (a string with properties): what does not
            // fit it is not filled in.
            Complaints unmet;
            boost::json::object inner = check_object(property, {}, below(path, key), unmet);
            if (inner.empty() || !unmet.empty()) continue;
            value fitted = check(property, inner, below(path, key), unmet);
            if (unmet.empty()) out[key] = std::move(fitted);
        }
    }
    return out;
}

Result<boost::json::object> OptionSchema::apply(const boost::json::object& options,
                                                const std::string& where,
                                                const PlaceOf& place_of) const {
    Complaints complaints;
    boost::json::object out = check_object(root_, options, "", complaints);
    if (complaints.empty()) return out;
    std::string message;
    for (const Complaint& complaint : complaints) {
        if (!message.empty()) message += '\n';
        const std::string place = place_of ? place_of(complaint.path) : std::string{};
        std::string dotted = complaint.path;
        std::replace(dotted.begin(), dotted.end(), '/', '.');
        message += (place.empty() ? std::string{} : place + ": ") + where + "." + dotted + ": " +
                   complaint.message;
    }
    return {Code::invalid_argument, std::move(message)};
}

}  // namespace lectern::host
