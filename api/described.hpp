// api/described.hpp: fields of requests, options and results, described once.
//
// A Description says what people and programs are told of a field; a table binds descriptions to
// the members of a struct, whose types say what kind of value each is and whose initialisers are
// the defaults. From a table come the reader of a request, the check of a C++ struct, the flags of
// the command line (apps/cli/described.hpp), the JSON Schemas of OpenAPI and MCP, and the tables of
// the documentation (tests/docs/option_tables.py). api/README.md shows how a field is added.
//
// Tables are made once and then only read: safe from any thread.
#pragma once

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "api/fields.hpp"
#include "api/schema.hpp"
#include "lectern/status.hpp"

namespace lectern::api {

// Where a field may stand.
enum Where : unsigned {
    in_pipeline = 1,  // the pipeline file
    in_command = 2,   // the command line
    in_http = 4,
    in_mcp = 8,
    in_c = 16
};
inline constexpr unsigned in_requests = in_command | in_http | in_mcp | in_c;

struct Description {
    std::string_view name = {};
    // For people; begins with a small letter and has no full stop at its end.
    std::string_view text = {};
    unsigned places = in_requests;
    std::optional<double> least = {};
    std::optional<double> most = {};
    std::size_t min_length = 0;  // of a text
    std::size_t min_items = 0;   // of a list
    bool required = false;       // where it is not said otherwise, "" and [] are as left out
    // What it means when it is left out, where the member's initialiser does not say it.
    std::string_view left_out = {};
    // On the command line: "-k"; "": "--" and the name with dashes.
    std::string_view flag = {};
    std::string_view value_name = {};  // "FIELD", in the help
    std::string_view implied = {};     // what the flag says without a value; "": it needs one
};

// The words of an enum, in the order in which they are named. Specialised beside each.
template <typename Enum>
struct Words;  // static constexpr std::array<std::pair<Enum, std::string_view>, N> all

template <typename Enum>
constexpr std::string_view word_of(Enum value) noexcept {
    for (const auto& [one, word] : Words<Enum>::all)
        if (one == value) return word;
    return {};
}

template <typename T>
struct Bound;
template <typename T>
using Table = std::vector<Bound<T>>;

// The fields of a struct that stands in others. Specialised beside each table that is asked for so.
template <typename T>
const Table<T>& table_of();

// ------------------------------------------------------- members and JSON values

template <typename T>
inline constexpr bool is_optional = false;
template <typename T>
inline constexpr bool is_optional<std::optional<T>> = true;
template <typename T>
inline constexpr bool is_vector = false;
template <typename T>
inline constexpr bool is_vector<std::vector<T>> = true;

template <typename T>
Schema object_of();  // below

// The schema of a member by its type: kind and choices, no range.
template <typename T>
Schema kind_of() {
    Schema out;
    if constexpr (is_optional<T>) {
        return kind_of<typename T::value_type>();
    } else if constexpr (is_vector<T>) {
        out.types = {Type::array};
        out.items.push_back(kind_of<typename T::value_type>());
        return out;
    } else if constexpr (std::is_enum_v<T>) {
        out.types = {Type::string};
        for (const auto& [value, word] : Words<T>::all) out.choices.emplace_back(word);
        return out;
    } else if constexpr (std::is_same_v<T, bool>) {
        out.types = {Type::boolean};
        return out;
    } else if constexpr (std::is_integral_v<T> || std::is_same_v<T, std::chrono::milliseconds>) {
        out.types = {Type::integer};
        return out;
    } else if constexpr (std::is_same_v<T, float>) {
        out.types = {Type::number};
        out.minimum = -static_cast<double>(std::numeric_limits<float>::max());
        out.maximum = std::numeric_limits<float>::max();
        return out;
    } else if constexpr (std::is_floating_point_v<T>) {
        out.types = {Type::number};
        return out;
    } else if constexpr (std::is_same_v<T, std::string>) {
        out.types = {Type::string};
        return out;
    } else {
        return object_of<T>();
    }
}

template <typename T>
void assign_object(T& object, const boost::json::object& values);  // below
template <typename T>
boost::json::value value_of_object(const T& object);  // below

// From a value that was checked by the member's schema.
template <typename T>
void assign(T& member, const boost::json::value& value) {
    if constexpr (is_optional<T>) {
        assign(member.emplace(), value);
    } else if constexpr (is_vector<T>) {
        member.clear();
        for (const boost::json::value& item : value.as_array()) assign(member.emplace_back(), item);
    } else if constexpr (std::is_enum_v<T>) {
        for (const auto& [one, word] : Words<T>::all)
            if (word == std::string_view(value.as_string())) member = one;
    } else if constexpr (std::is_same_v<T, bool>) {
        member = value.as_bool();
    } else if constexpr (std::is_same_v<T, std::chrono::milliseconds>) {
        member = T(value.to_number<std::int64_t>());
    } else if constexpr (std::is_arithmetic_v<T>) {
        member = value.to_number<T>();
    } else if constexpr (std::is_same_v<T, std::string>) {
        member = std::string(value.as_string());
    } else {
        assign_object(member, value.as_object());
    }
}

// null for what says nothing: an empty optional, text or list, and an enum without a word.
template <typename T>
boost::json::value value_of(const T& member) {
    if constexpr (is_optional<T>) {
        return member ? value_of(*member) : boost::json::value();
    } else if constexpr (is_vector<T>) {
        boost::json::array out;
        for (const auto& item : member) out.push_back(value_of(item));
        return out.empty() ? boost::json::value() : boost::json::value(std::move(out));
    } else if constexpr (std::is_enum_v<T>) {
        const std::string_view word = word_of(member);
        return word.empty() ? boost::json::value() : boost::json::value(word);
    } else if constexpr (std::is_same_v<T, std::chrono::milliseconds>) {
        return member.count();
    } else if constexpr (std::is_same_v<T, std::string>) {
        return member.empty() ? boost::json::value() : boost::json::value(member);
    } else if constexpr (std::is_arithmetic_v<T>) {
        return boost::json::value(member);
    } else {
        return value_of_object(member);
    }
}

// ----------------------------------------------------------------------- tables

// A description with the member of T that it is of.
template <typename T>
struct Bound {
    Description description;
    Schema kind;
    std::function<void(T&, const boost::json::value&)> set;
    std::function<boost::json::value(const T&)> get;
};

namespace detail {
template <typename T>
struct MemberOf;
template <typename Owner, typename Member>
struct MemberOf<Member Owner::*> {
    using Of = Owner;
    using Is = Member;
};
}  // namespace detail

// bound<&SearchOptions::k>({.name = "k", …})
template <auto member>
auto bound(Description description) {
    using Of = typename detail::MemberOf<decltype(member)>::Of;
    using Is = typename detail::MemberOf<decltype(member)>::Is;
    return Bound<Of>{description, kind_of<Is>(),
                     [](Of& out, const boost::json::value& value) { assign(out.*member, value); },
                     [](const Of& from) { return value_of(from.*member); }};
}

// The fields of a struct within another: within<&SearchRequest::options>(search_options()).
template <auto member>
auto within(const Table<typename detail::MemberOf<decltype(member)>::Is>& table) {
    using Of = typename detail::MemberOf<decltype(member)>::Of;
    Table<Of> out;
    for (const auto& field : table)
        out.push_back({field.description, field.kind,
                       [set = field.set](Of& into, const boost::json::value& value) {
                           set(into.*member, value);
                       },
                       [get = field.get](const Of& from) { return get(from.*member); }});
    return out;
}

template <typename T>
Table<T> joined(std::initializer_list<Table<T>> tables) {
    Table<T> out;
    for (const Table<T>& table : tables) out.insert(out.end(), table.begin(), table.end());
    return out;
}

// What a caller allows less of than the description does.
struct Limit {
    std::string_view name;
    double most = 0;
};

// The schema of a field whose value is `initial` when it is left out (null: nothing).
[[nodiscard]] Schema schema_of(const Description& description, Schema kind,
                               boost::json::value initial, std::span<const Limit> limits = {});

// All fields that may stand at a place, as the schema of an object. Defaults are those of
// `initial`.
template <typename T>
Schema schema_of(const Table<T>& table, unsigned where, const T& initial = {},
                 std::span<const Limit> limits = {}) {
    Schema out;
    out.types = {Type::object};
    out.has_properties = true;
    for (const Bound<T>& field : table) {
        if ((field.description.places & where) == 0) continue;
        Schema& property = out.properties.emplace_back(
            schema_of(field.description, field.kind, field.get(initial), limits));
        property.key = field.description.name;
        if (field.description.required) out.required.push_back(property.key);
    }
    return out;
}

template <typename T>
Schema object_of() {
    return schema_of(table_of<T>(), ~0U);
}
template <typename T>
void assign_object(T& object, const boost::json::object& values) {
    for (const Bound<T>& field : table_of<T>())
        if (const auto* value = values.if_contains(field.description.name);
            value != nullptr && !value->is_null())
            field.set(object, *value);
}
template <typename T>
boost::json::value value_of_object(const T& object) {
    boost::json::object out;
    for (const Bound<T>& field : table_of<T>())
        if (auto value = field.get(object); !value.is_null())
            out[field.description.name] = std::move(value);
    return out;
}

// A field of a request, checked; nothing when it is not given or does not fit, which fields.done()
// says then.
[[nodiscard]] std::optional<boost::json::value> take(Fields& fields, const Schema& schema,
                                                     std::string_view name, bool required);

// Sets what the request has of the fields that may stand at the place.
template <typename T>
void read(Fields& fields, const Table<T>& table, Where where, T& out,
          std::span<const Limit> limits = {}) {
    for (const Bound<T>& field : table) {
        const Description& description = field.description;
        if ((description.places & where) == 0) continue;
        const Schema schema = schema_of(description, field.kind, field.get(out), limits);
        if (schema.initial) field.set(out, *schema.initial);  // less where a limit is less
        if (const auto value = take(fields, schema, description.name, description.required))
            field.set(out, *value);
    }
}

// "k is 0; it must be a whole number from 1 to 10000": of the numbers of a struct that a program
// has filled in.
[[nodiscard]] Status fits(const Description& description, const Schema& kind,
                          const boost::json::value& value);
template <typename T>
[[nodiscard]] Status fits(const Table<T>& table, const T& from) {
    for (const Bound<T>& field : table) {
        if (!field.kind.is(Type::integer) && !field.kind.is(Type::number)) continue;
        LECTERN_TRY(fits(field.description, field.kind, field.get(from)));
    }
    return {};
}

}  // namespace lectern::api
