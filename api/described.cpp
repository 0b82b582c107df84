#include "api/described.hpp"

#include "api/json_text.hpp"

namespace lectern::api {
namespace {

Reading reading_of(const Schema& schema) {
    if (schema.is(Type::string)) return Reading::text;
    const bool texts = schema.is(Type::array) && schema.items.front().is(Type::string);
    return texts ? Reading::texts : Reading::value;
}

// Empty texts and lists are as left out, unless the field must have something in it.
bool says_nothing(const Schema& schema, const boost::json::value& value) {
    if (value.is_string())
        return schema.is(Type::string) && schema.min_length == 0 && value.get_string().empty();
    return value.is_array() && schema.is(Type::array) && schema.min_items == 0 &&
           value.get_array().empty();
}

std::string with_end(std::string_view text) {
    std::string out(text);
    if (out.empty()) return out;
    if (out.front() >= 'a' && out.front() <= 'z') out.front() = static_cast<char>(out.front() - 32);
    if (!out.ends_with('.')) out += '.';
    return out;
}

}  // namespace

Schema schema_of(const Description& description, Schema kind, boost::json::value initial,
                 std::span<const Limit> limits) {
    Schema out = std::move(kind);
    out.key = description.name;
    out.text = with_end(description.text);
    if (!description.left_out.empty())
        out.text += " Default: " + std::string(description.left_out) + ".";
    if (description.least) out.minimum = description.least;
    if (description.most) out.maximum = description.most;
    for (const Limit& limit : limits)
        if (limit.name == description.name)
            out.maximum = std::min(limit.most, out.maximum.value_or(limit.most));
    out.min_length = description.min_length;
    out.min_items = description.min_items;
    if (out.maximum && initial.is_number() && initial.to_number<double>() > *out.maximum) {
        Complaints none;  // 5.0 of a limit is 5 of a whole number
        initial = check(out, boost::json::value(*out.maximum), "", none);
    }
    if (!initial.is_null() && description.left_out.empty()) out.initial = std::move(initial);
    return out;
}

std::optional<boost::json::value> take(Fields& fields, const Schema& schema, std::string_view name,
                                       bool required) {
    const boost::json::value* given = fields.given(name, reading_of(schema));
    if (given == nullptr) {
        if (required) fields.wrong(name, "is missing; it must be " + must_be(schema));
        return {};
    }
    if (says_nothing(schema, *given)) return {};
    Complaints complaints;
    boost::json::value out = check(schema, *given, "", complaints);
    if (complaints.empty()) return out;
    fields.wrong(name, "must be " + must_be(schema));
    return {};
}

Status fits(const Description& description, const Schema& kind, const boost::json::value& value) {
    if (value.is_null()) return {};
    const Schema schema = schema_of(description, kind, {});
    Complaints complaints;
    (void)check(schema, value, "", complaints);
    // A comparison with what is no number is never true.
    const bool number = !value.is_double() || value.get_double() == value.get_double();
    if (complaints.empty() && number) return {};
    return {Code::invalid_argument, std::string(description.name) + " is " +
                                        (number ? json_text(value) : "not a number") +
                                        "; it must be " + must_be(schema)};
}

}  // namespace lectern::api
