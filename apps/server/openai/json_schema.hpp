// apps/server/openai/json_schema.hpp: what a JSON Schema says, read and checked; what it asks for
// that no grammar can hold is refused with its place.
#pragma once

#include <algorithm>
#include <boost/json.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lectern/status.hpp"

namespace lectern::server::schema {

// The most items or letters of one list or text.
inline constexpr std::uint64_t most_repeats = 1000;

[[nodiscard]] Status refused(std::string_view place, const std::string& what);
[[nodiscard]] Status unsupported(std::string_view place, std::string_view keyword);

template <typename List>
bool contains(const List& list, std::string_view one) {
    return std::find(list.begin(), list.end(), one) != list.end();
}

// A key in a JSON Pointer (RFC 6901).
[[nodiscard]] std::string pointed(std::string_view key);
// What "#/$defs/Name" points to; nullptr: nothing.
[[nodiscard]] const boost::json::value* find(const boost::json::value& root,
                                             std::string_view pointer);

// The type of a value, as `type` names it.
[[nodiscard]] std::string_view type_name(const boost::json::value& value);
// What stands in place of a value's own form stands alone; what is unknown may change what a value
// must be.
[[nodiscard]] Status check_keywords(const boost::json::object& object, const std::string& place);
// Those of `type`, or what its other keywords are about; none: any value will do.
[[nodiscard]] Result<std::vector<std::string>> types_of(const boost::json::object& object,
                                                        const std::string& place);
// Whether no value can fulfil two of these.
[[nodiscard]] bool apart(const boost::json::value& root, const boost::json::array& all);

struct Bounds {
    std::uint64_t least = 0;
    std::optional<std::uint64_t> most;
};
// Of two keywords, such as minItems and maxItems.
[[nodiscard]] Result<Bounds> bounds_of(const boost::json::object& object, const std::string& place,
                                       const char* least, const char* most);

// Numbers from first / 10^places to last / 10^places.
struct NumberRange {
    bool bounded = false;
    std::int64_t first = 0;
    std::int64_t last = 0;
    std::size_t places = 0;
};
// Of a number, or of a whole one.
[[nodiscard]] Result<NumberRange> range_of(const boost::json::object& object,
                                           const std::string& place, bool whole);

}  // namespace lectern::server::schema
