// engine/plugin_host/option_schema.hpp: the options of a stage type, described and checked.
//
// The part of JSON Schema that plugin.h names: type (one or a list), properties, description,
// default, enum, minimum, maximum, items, required. Other keywords are read over. Keys without a
// property are refused, except in an object that has no "properties" at all.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lectern/status.hpp"

namespace lectern::host {

// Immutable once parsed; safe from any thread.
class OptionSchema {
 public:
    // The schema of one stage type. "" describes a stage without options.
    [[nodiscard]] static Result<OptionSchema> parse(std::string_view json);

    // "bert.yaml:12:5" for the path of an option ("window/size"; "" is the stage itself), or "".
    using PlaceOf = std::function<std::string(std::string_view path)>;

    // The options with defaults filled in. An option that is null is as if it was not given. The
    // failure has one line for each error: "PLACE: WHERE.window.size: what; what to do".
    [[nodiscard]] Result<boost::json::object> apply(const boost::json::object& options,
                                                    const std::string& where,
                                                    const PlaceOf& place_of) const;

 private:
    enum class Type { null, boolean, integer, number, string, array, object };

    struct Node {
        std::string key;          // of a property
        std::vector<Type> types;  // empty: any
        std::optional<boost::json::value> default_value;
        std::vector<boost::json::value> choices;  // empty: any
        std::optional<double> minimum;
        std::optional<double> maximum;
        std::vector<Node> items;  // none or one
        std::vector<Node> properties;
        bool has_properties = false;
        std::vector<std::string> required;
    };

    struct Complaint {
        std::string path;  // "window/size"
        std::string message;
    };
    using Complaints = std::vector<Complaint>;

    static std::string_view type_name(Type type) noexcept;
    static std::optional<Type> type_named(std::string_view name) noexcept;
    static Result<Node> parse_node(const boost::json::value& json, const std::string& where,
                                   int depth);
    static Status parse_types(const boost::json::value& json, const std::string& where, Node& node);
    static Status parse_limits(const boost::json::object& json, const std::string& where,
                               Node& node);
    static Status parse_properties(const boost::json::object& json, const std::string& where,
                                   int depth, Node& node);

    static bool is_type(const boost::json::value& value, Type type) noexcept;
    static std::string wanted(const Node& node);
    static boost::json::value check(const Node& node, const boost::json::value& value,
                                    const std::string& path, Complaints& complaints);
    static boost::json::object check_object(const Node& node, const boost::json::object& object,
                                            const std::string& path, Complaints& complaints);

    Node root_;
};

}  // namespace lectern::host
