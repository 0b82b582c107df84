// bert/json_fields.hpp: fields of the small JSON files beside a model, with messages that name
// them.
#pragma once

#include <boost/json.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "failure.hpp"

namespace lectern::bert {

// An object and the file it came from. A field that is null counts as not there.
class JsonFields {
 public:
    // Throws Failure (LECTERN_CORRUPT) when the text is not one JSON object.
    JsonFields(std::string_view text, std::string name);

    [[nodiscard]] std::optional<std::string> string(const char* key) const;
    [[nodiscard]] std::optional<double> number(const char* key) const;
    [[nodiscard]] std::optional<bool> boolean(const char* key) const;
    // A whole number, 0 to `max`.
    [[nodiscard]] std::optional<std::uint64_t> natural(const char* key, std::uint64_t max) const;
    // The same, required and at least 1.
    [[nodiscard]] std::uint64_t positive(const char* key, std::uint64_t max) const;
    [[nodiscard]] const boost::json::object* object(const char* key) const;

    // Null when it is not there.
    [[nodiscard]] const boost::json::value* value(const char* key) const;
    [[nodiscard]] const boost::json::object& all() const noexcept { return fields_; }

    [[noreturn]] void wrong(const char* key, const std::string& what) const;
    [[nodiscard]] const std::string& name() const noexcept { return name_; }

 private:
    std::string name_;
    boost::json::object fields_;
};

}  // namespace lectern::bert
