// api/schema.hpp: what a value must be, and the one check of it: for the fields of requests, the
// keys of a pipeline file, the words of the command line and the options of plugins.
//
// It is the part of JSON Schema that plugin.h names: type (one or a list), properties, description,
// default, enum, minimum, maximum, items, required; and of Lectern's own fields minLength and
// minItems. Keys without a property are refused, except in an object that has no "properties" at
// all. Plain values; safe from any thread.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lectern/status.hpp"

namespace lectern::api {

enum class Type { null, boolean, integer, number, string, array, object };

struct Schema {
    std::string key = {};          // of a property
    std::vector<Type> types = {};  // empty: any
    std::string text = {};         // for people
    std::optional<boost::json::value> initial = {};
    std::vector<boost::json::value> choices = {};  // empty: any
    std::optional<double> minimum = {};
    std::optional<double> maximum = {};
    std::size_t min_length = 0;      // of a string, in characters
    std::size_t min_items = 0;       // of an array
    std::vector<Schema> items = {};  // none or one
    std::vector<Schema> properties = {};
    bool has_properties = false;
    std::vector<std::string> required = {};
    // Of an object that may get more properties later: JSON Schema says nothing of others.
    bool open = false;
    std::string title = {};  // of an object: what it is called

    [[nodiscard]] bool is(Type type) const noexcept;  // one of its types
};

// Numbers are equal by value: 5 and 5.0 are one.
[[nodiscard]] bool same(const boost::json::value& a, const boost::json::value& b);
// A whole number is an integer however it is written (JSON Schema, 6.1.1).
[[nodiscard]] bool is_type(const boost::json::value& value, Type type) noexcept;

// As JSON Schema.
[[nodiscard]] boost::json::object json_of(const Schema& schema);
// From a plugin's JSON Schema; keywords that plugin.h does not name are read over. A failure says
// where it is broken. At most max_schema_depth levels.
inline constexpr int max_schema_depth = 16;
[[nodiscard]] Result<Schema> parse_schema(const boost::json::value& json);

// What a value of the schema is, in words: "a whole number from 1 to 100", "one of: a, b".
[[nodiscard]] std::string must_be(const Schema& schema);

struct Complaint {
    std::string path;     // "window/size"; "" for the value itself
    std::string message;  // "12 is too small; the least is 16"
    std::string must;     // "a whole number from 16 to 1024", or "" for a key that is unknown
};
using Complaints = std::vector<Complaint>;

// The value with defaults filled in and whole numbers as such. What does not fit is in
// `complaints`. A property that is null is as if it was not given, unless it may be null.
[[nodiscard]] boost::json::value check(const Schema& schema, const boost::json::value& value,
                                       const std::string& path, Complaints& complaints);

}  // namespace lectern::api
