// api/fields.hpp: the fields of a JSON request, checked. An unknown field, a wrong kind
// or a number out of range is refused with the field's name, so that a typing error is never
// ignored.
//
//     Fields fields(body);
//     const std::string text = fields.text("query");
//     const auto k = fields.count("k", 10, 1, 1000);
//     if (Status bad = fields.done(); !bad.ok()) return problem(bad);
#pragma once

#include <boost/json.hpp>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lectern/status.hpp"

namespace lectern::api {

// What a field is looked at as where values may stand in texts.
enum class Reading {
    text,   // as it is
    value,  // a text is what it says: a number, true, false, null, a list
    texts   // a parameter that is given once is a list of one, unless it says a list
};

class Fields {
 public:
    // Not a JSON object: done() says so, and every field has its default. `lenient`: unknown fields
    // are passed over, as the OpenAI-compatible interface wants it.
    explicit Fields(std::string_view body, bool lenient = false);
    explicit Fields(boost::json::object object, bool lenient = false);
    // The parameters of a GET. A list is a parameter that is given several times, or once as JSON;
    // numbers, true and false are read where they are wanted.
    explicit Fields(const std::vector<std::pair<std::string, std::string>>& parameters);

    // What a language model has written: as it is, but numbers, true and false may also stand in
    // texts ("3"), which models do that were not told of types.
    [[nodiscard]] static Fields of_arguments(boost::json::object object);

    [[nodiscard]] bool has(std::string_view name) const;
    [[nodiscard]] std::string text(std::string_view name, std::string_view initial = {});
    [[nodiscard]] bool flag(std::string_view name, bool initial = false);
    [[nodiscard]] std::uint64_t count(std::string_view name, std::uint64_t initial,
                                      std::uint64_t least, std::uint64_t most);
    [[nodiscard]] double number(std::string_view name, double initial, double least, double most);
    [[nodiscard]] std::vector<std::string> texts(std::string_view name);
    [[nodiscard]] std::vector<float> numbers(std::string_view name);
    // Any value; nullptr when there is none.
    [[nodiscard]] const boost::json::value* any(std::string_view name);
    // The same, looked at as what is wanted; not checked.
    [[nodiscard]] const boost::json::value* given(std::string_view name, Reading as);

    // The first thing that was wrong.
    [[nodiscard]] Status done() const;
    // The field that done() speaks of; "" when it is none.
    [[nodiscard]] std::string place() const;
    void wrong(std::string_view name, std::string_view must);

 private:
    // As any(); of a text that may stand for a value, what it says.
    [[nodiscard]] const boost::json::value* typed(std::string_view name);
    // The first that nobody has asked for; nullptr when there is none.
    [[nodiscard]] const boost::json::object::value_type* unknown() const;

    boost::json::object object_;
    std::set<std::string, std::less<>> asked_;
    bool lenient_ = false;
    bool parameters_ = false;
    bool in_texts_ = false;  // values may be texts
    Status status_;
    std::string wrong_;
};

// JSON of bounded depth (32) whose numbers are finite and whose objects have each key once, or
// invalid_argument with the place. `bad`, when there is one, receives the byte near which it is
// wrong.
[[nodiscard]] Result<boost::json::value> parse_json(std::string_view text,
                                                    std::size_t* bad = nullptr);

}  // namespace lectern::api
