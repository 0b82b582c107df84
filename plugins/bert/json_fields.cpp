#include "json_fields.hpp"

#include <utility>

namespace lectern::bert {

namespace json = boost::json;

JsonFields::JsonFields(std::string_view text, std::string name) : name_(std::move(name)) {
    boost::system::error_code error;
    json::value value = json::parse({text.data(), text.size()}, error);
    if (error) fail(LECTERN_CORRUPT, name_ + " is not JSON: " + error.message());
    if (!value.is_object()) fail(LECTERN_CORRUPT, name_ + " is not a JSON object");
    fields_ = std::move(value.get_object());
}

const json::value* JsonFields::value(const char* key) const {
    const json::value* const found = fields_.if_contains(key);
    return found == nullptr || found->is_null() ? nullptr : found;
}

void JsonFields::wrong(const char* key, const std::string& what) const {
    fail(LECTERN_INVALID_ARGUMENT, name_ + ": '" + key + "' " + what);
}

std::optional<std::string> JsonFields::string(const char* key) const {
    const json::value* const found = value(key);
    if (found == nullptr) return std::nullopt;
    if (!found->is_string()) wrong(key, "is not a string");
    return std::string(found->get_string());
}

std::optional<double> JsonFields::number(const char* key) const {
    const json::value* const found = value(key);
    if (found == nullptr) return std::nullopt;
    if (!found->is_number()) wrong(key, "is not a number");
    return found->to_number<double>();
}

std::optional<bool> JsonFields::boolean(const char* key) const {
    const json::value* const found = value(key);
    if (found == nullptr) return std::nullopt;
    if (!found->is_bool()) wrong(key, "is not true or false");
    return found->get_bool();
}

std::optional<std::uint64_t> JsonFields::natural(const char* key, std::uint64_t max) const {
    const json::value* const found = value(key);
    if (found == nullptr) return std::nullopt;
    if (!found->is_int64() || found->get_int64() < 0 ||
        static_cast<std::uint64_t>(found->get_int64()) > max)
        wrong(key, "is not a whole number from 0 to " + std::to_string(max));
    return static_cast<std::uint64_t>(found->get_int64());
}

std::uint64_t JsonFields::positive(const char* key, std::uint64_t max) const {
    const auto found = natural(key, max);
    if (!found) wrong(key, "is missing");
    if (*found == 0) wrong(key, "is 0");
    return *found;
}

const json::object* JsonFields::object(const char* key) const {
    const json::value* const found = value(key);
    if (found == nullptr) return nullptr;
    if (!found->is_object()) wrong(key, "is not an object");
    return &found->get_object();
}

}  // namespace lectern::bert
