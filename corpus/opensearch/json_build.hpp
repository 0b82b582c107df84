// corpus/opensearch/json_build.hpp: JSON, built and read without surprises: what braces make of one
// pair is not always an object. Internal to corpus/opensearch.
#pragma once

#include <boost/json.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace lectern::corpus::opensearch {

[[nodiscard]] inline boost::json::value text_value(std::string_view text) {
    return boost::json::string(boost::json::string_view(text.data(), text.size()));
}

// {"key": value, "key": value, …}
[[nodiscard]] inline boost::json::object object_of(std::string_view key, boost::json::value value) {
    boost::json::object out;
    out.emplace(boost::json::string_view(key.data(), key.size()), std::move(value));
    return out;
}
template <typename... More>
[[nodiscard]] boost::json::object object_of(std::string_view key, boost::json::value value,
                                            More&&... more) {
    boost::json::object out = object_of(std::forward<More>(more)...);
    out.emplace(boost::json::string_view(key.data(), key.size()), std::move(value));
    return out;
}

// What stands below the keys, one after the other; null when something is missing there.
[[nodiscard]] inline const boost::json::value* at_path(const boost::json::value& value) {
    return &value;
}
template <typename... Keys>
[[nodiscard]] const boost::json::value* at_path(const boost::json::value& value,
                                                std::string_view key, Keys... more) {
    const auto* object = value.if_object();
    const auto* found = object == nullptr
                            ? nullptr
                            : object->if_contains(boost::json::string_view(key.data(), key.size()));
    return found == nullptr ? nullptr : at_path(*found, more...);
}

template <typename... Keys>
[[nodiscard]] std::string text_at(const boost::json::value& value, Keys... keys) {
    const auto* found = at_path(value, std::string_view(keys)...);
    if (found == nullptr || !found->is_string()) return {};
    return {found->as_string().data(), found->as_string().size()};
}
template <typename... Keys>
[[nodiscard]] std::uint64_t count_at(const boost::json::value& value, Keys... keys) {
    const auto* found = at_path(value, std::string_view(keys)...);
    if (found == nullptr || !found->is_number()) return 0;
    if (const auto* whole = found->if_int64()) return static_cast<std::uint64_t>(*whole);
    if (const auto* whole = found->if_uint64()) return *whole;
    return static_cast<std::uint64_t>(found->as_double());
}
template <typename... Keys>
[[nodiscard]] double number_at(const boost::json::value& value, Keys... keys) {
    const auto* found = at_path(value, std::string_view(keys)...);
    return found == nullptr || !found->is_number() ? 0 : found->template to_number<double>();
}
template <typename... Keys>
[[nodiscard]] const boost::json::array& list_at(const boost::json::value& value, Keys... keys) {
    static const boost::json::array none;
    const auto* found = at_path(value, std::string_view(keys)...);
    return found == nullptr || !found->is_array() ? none : found->as_array();
}

// What an answer says of the one index that was asked about, by whose name it stands; null:
// nothing.
[[nodiscard]] inline const boost::json::value* index_in(const boost::json::value& answer) {
    const auto* indexes = answer.if_object();
    return indexes == nullptr || indexes->empty() ? nullptr : &indexes->begin()->value();
}

}  // namespace lectern::corpus::opensearch
