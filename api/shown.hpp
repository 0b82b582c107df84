// api/shown.hpp: fields of results, described once: JSON, and its schema for OpenAPI and MCP, come
// from one table a struct. As described.hpp for requests.
//
// Tables are made once and then only read: safe from any thread.
#pragma once

#include <boost/json.hpp>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "api/described.hpp"
#include "api/result_json.hpp"
#include "api/schema.hpp"
#include "lectern/lectern.hpp"

namespace lectern::api {

// What is said of a field of a result.
struct Said {
    std::string_view name = {};
    std::string_view text = {};  // "": its name says it
    std::optional<double> least = {};
    std::optional<double> most = {};
    std::vector<boost::json::value> choices = {};
};

template <typename T>
struct Shown {
    Said said;
    Schema kind;
    bool always = true;  // else left out where it is null
    std::function<boost::json::value(const T&)> get;
};
template <typename T>
using ShownTable = std::vector<Shown<T>>;

// The fields of a struct. Specialised in result_fields.cpp.
template <typename T>
const ShownTable<T>& shown_fields();

// What a struct is called among the schemas of OpenAPI.
template <typename T>
inline constexpr std::string_view shown_title = {};
template <>
inline constexpr std::string_view shown_title<Place> = "Place";
template <>
inline constexpr std::string_view shown_title<Hit> = "Hit";
template <>
inline constexpr std::string_view shown_title<Citation> = "Citation";
template <>
inline constexpr std::string_view shown_title<Summary> = "HitsSummary";

template <typename T>
Schema shown_schema();  // below
template <typename T>
boost::json::object shown_object(const T& from);  // below

template <typename T>
Schema shown_kind() {
    Schema out;
    if constexpr (is_optional<T>) {
        out = shown_kind<typename T::value_type>();
    } else if constexpr (is_vector<T>) {
        out.types = {Type::array};
        out.items.push_back(shown_kind<typename T::value_type>());
    } else if constexpr (std::is_same_v<T, AnswerStatus>) {
        out.types = {Type::string};
        for (const auto status : {AnswerStatus::answered, AnswerStatus::extractive,
                                  AnswerStatus::abstained, AnswerStatus::unverified})
            out.choices.emplace_back(name(status));
    } else if constexpr (std::is_same_v<T, std::string>) {
        out.types = {Type::string};
    } else if constexpr (std::is_same_v<T, bool>) {
        out.types = {Type::boolean};
    } else if constexpr (std::is_integral_v<T>) {
        out.types = {Type::integer};
        if (std::is_unsigned_v<T>) out.minimum = 0;
    } else if constexpr (std::is_floating_point_v<T>) {
        out.types = {Type::number};
    } else {
        out = shown_schema<T>();
    }
    return out;
}

// As it is; null for an optional that is empty.
template <typename T>
boost::json::value shown_value(const T& member) {
    if constexpr (is_optional<T>) {
        return member ? shown_value(*member) : boost::json::value();
    } else if constexpr (is_vector<T>) {
        boost::json::array out;
        for (const auto& item : member) out.push_back(shown_value(item));
        return out;
    } else if constexpr (std::is_same_v<T, AnswerStatus>) {
        return boost::json::value(name(member));
    } else if constexpr (std::is_same_v<T, std::string>) {
        return clean(member);
    } else if constexpr (std::is_arithmetic_v<T>) {
        return boost::json::value(member);
    } else {
        return shown_object(member);
    }
}

// null where there is nothing to show: nothing, 0, an empty text or list.
template <typename T>
boost::json::value unless_empty(const T& member) {
    if constexpr (requires { member.empty(); }) {
        if (member.empty()) return {};
    } else if constexpr (std::is_arithmetic_v<T>) {
        if (member == T{}) return {};
    }
    return shown_value(member);
}

// Always there; null where an optional is empty.
template <auto member>
auto shown(Said said) {
    using Of = typename detail::MemberOf<decltype(member)>::Of;
    using Is = typename detail::MemberOf<decltype(member)>::Is;
    Schema kind = shown_kind<Is>();
    if constexpr (is_optional<Is>) kind.types.push_back(Type::null);
    return Shown<Of>{std::move(said), std::move(kind), true,
                     [](const Of& from) { return shown_value(from.*member); }};
}

// Left out where there is nothing to show.
template <auto member>
auto shown_if_any(Said said) {
    using Of = typename detail::MemberOf<decltype(member)>::Of;
    using Is = typename detail::MemberOf<decltype(member)>::Is;
    return Shown<Of>{std::move(said), shown_kind<Is>(), false,
                     [](const Of& from) { return unless_empty(from.*member); }};
}

// The schema of one field, or of all.
[[nodiscard]] Schema schema_of(const Said& said, Schema kind);

template <typename T>
Schema shown_schema() {
    Schema out;
    out.types = {Type::object};
    out.has_properties = true;
    out.open = true;
    out.title = shown_title<T>;
    for (const Shown<T>& field : shown_fields<T>()) {
        out.properties.push_back(schema_of(field.said, field.kind));
        if (field.always) out.required.emplace_back(field.said.name);
    }
    return out;
}

template <typename T>
boost::json::object shown_object(const T& from) {
    boost::json::object out;
    for (const Shown<T>& field : shown_fields<T>()) {
        boost::json::value value = field.get(from);
        if (field.always || !value.is_null()) out[field.said.name] = std::move(value);
    }
    return out;
}

// The schema of a result by its name: "hit", "citation", "place", "search", "answer", "summary".
// Throws std::out_of_range for another.
[[nodiscard]] Schema result_named(std::string_view name);

}  // namespace lectern::api
