#include "api/fields.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <limits>
#include <utility>

namespace lectern::api {

namespace json = boost::json;

namespace {

constexpr double most_exact = 9007199254740992;  // 2^53: up to here a double is one whole number

// Whether every number is one that JSON can write: Boost.JSON makes infinity of 1e400.
bool all_finite(const json::value& value) {
    if (const auto* array = value.if_array())
        return std::all_of(array->begin(), array->end(), &all_finite);
    if (const auto* object = value.if_object())
        return std::all_of(object->begin(), object->end(),
                           [](const auto& item) { return all_finite(item.value()); });
    return !value.is_double() || std::isfinite(value.get_double());
}

// The keys of the objects in a text that is JSON, as they are passed; one that an object has twice.
class KeyScan {
 public:
    explicit KeyScan(std::string_view text) : text_(text) {}

    struct Twice {
        std::string key;
        std::size_t at = 0;
    };
    [[nodiscard]] std::optional<Twice> run() {
        while (at_ < text_.size()) {
            const char c = text_[at_++];
            if (c == '{' || c == '[') {
                open_.push_back({c == '{', c == '{', keys_.size()});
            } else if (c == ',') {
                if (!open_.empty()) open_.back().key_next = open_.back().object;
            } else if (c == '"') {
                pass_string();
            } else if (c == '}' || c == ']') {
                if (auto twice = close()) return twice;
            }
        }
        return {};
    }

 private:
    struct Open {
        bool object = false;
        bool key_next = false;  // the next string is a key
        std::size_t first = 0;  // of its keys
    };

    // Behind the opening quote.
    void pass_string() {
        const std::size_t begin = at_;
        bool escaped = false;
        while (text_[at_] != '"') {
            escaped = escaped || text_[at_] == '\\';
            at_ += text_[at_] == '\\' ? 2 : 1;
        }
        const std::string_view written = text_.substr(begin, at_++ - begin);
        if (open_.empty() || !open_.back().key_next) return;
        open_.back().key_next = false;
        keys_.push_back({escaped ? said(written) : std::string(written), begin});
    }
    // "a\u0062" and "ab" are one key.
    static std::string said(std::string_view written) {
        std::string quoted = "\"";
        quoted.append(written).push_back('"');
        return std::string(json::parse(quoted).as_string());
    }
    std::optional<Twice> close() {
        const auto first = keys_.begin() + static_cast<std::ptrdiff_t>(open_.back().first);
        open_.pop_back();
        std::stable_sort(first, keys_.end(),
                         [](const Twice& a, const Twice& b) { return a.key < b.key; });
        const auto twice = std::adjacent_find(
            first, keys_.end(), [](const Twice& a, const Twice& b) { return a.key == b.key; });
        if (twice != keys_.end()) return *std::next(twice);
        keys_.erase(first, keys_.end());
        return {};
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::vector<Open> open_;
    std::vector<Twice> keys_;  // of all objects that are open
};

}  // namespace

Result<json::value> parse_json(std::string_view text, std::size_t* bad) {
    // Some programs begin their files with the mark of UTF-8; RFC 8259 lets a reader pass over it.
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    boost::system::error_code error;
    json::stream_parser parser;
    const std::size_t used = parser.write_some(text.data(), text.size(), error);
    if (!error && used < text.size() &&
        text.find_first_not_of(" \t\r\n", used) != std::string_view::npos)
        error = json::error::extra_data;
    if (!error) parser.finish(error);
    if (error) {
        if (bad != nullptr) *bad = used;
        return Status{Code::invalid_argument,
                      "not valid JSON near byte " + std::to_string(used) + ": " + error.message()};
    }
    json::value out = parser.release();
    if (!all_finite(out)) {
        if (bad != nullptr) *bad = 0;
        return Status{Code::invalid_argument, "a number is beyond 1.8e308, the largest there is"};
    }
    // RFC 8259 leaves to the reader which of two values of one key counts.
    if (const auto twice = KeyScan(text).run()) {
        if (bad != nullptr) *bad = twice->at;
        return Status{Code::invalid_argument, "the key '" + twice->key +
                                                  "' stands twice in one object (near byte " +
                                                  std::to_string(twice->at) + "); remove one"};
    }
    return out;
}

Fields::Fields(std::string_view body, bool lenient) : lenient_(lenient) {
    auto value = parse_json(body);
    if (!value) {
        status_ = value.status().within("the body");
    } else if (!value->is_object()) {
        status_ = {Code::invalid_argument, "the body must be a JSON object"};
    } else {
        object_ = std::move(value->get_object());
    }
}

Fields::Fields(json::object object, bool lenient) : object_(std::move(object)), lenient_(lenient) {}

Fields Fields::of_arguments(json::object object) {
    Fields out(std::move(object));
    out.in_texts_ = true;
    return out;
}

Fields::Fields(const std::vector<std::pair<std::string, std::string>>& parameters)
    : parameters_(true), in_texts_(true) {
    for (const auto& [name, value] : parameters) {
        json::value* known = object_.if_contains(name);
        if (known == nullptr)
            object_[name] = value;
        else if (known->is_array())
            known->get_array().emplace_back(value);
        else
            *known = json::array{std::move(*known), value};
    }
}

const json::value* Fields::typed(std::string_view name) {
    const json::value* value = any(name);
    if (!in_texts_ || value == nullptr || !value->is_string()) return value;
    if (auto said = parse_json(value->get_string()); said && !said->is_string())
        object_[name] = std::move(*said);
    return any(name);
}

const json::value* Fields::given(std::string_view name, Reading as) {
    if (as == Reading::text) return any(name);
    if (as == Reading::value) return typed(name);
    const json::value* value = any(name);
    if (!parameters_ || value == nullptr || !value->is_string()) return value;
    if (value->get_string().starts_with('[')) return typed(name);
    json::array one{*value};
    object_[name] = std::move(one);
    return any(name);
}

bool Fields::has(std::string_view name) const {
    return object_.contains(name);
}

const json::value* Fields::any(std::string_view name) {
    asked_.emplace(name);
    const json::value* value = object_.if_contains(name);
    return value == nullptr || value->is_null() ? nullptr : value;
}

void Fields::wrong(std::string_view name, std::string_view must) {
    if (!status_.ok()) return;
    status_ = {Code::invalid_argument,
               "the field '" + std::string(name) + "' " + std::string(must)};
    wrong_ = name;
}

std::string Fields::text(std::string_view name, std::string_view initial) {
    const json::value* value = any(name);
    if (value == nullptr) return std::string(initial);
    if (!value->is_string()) return wrong(name, "must be a string"), std::string(initial);
    return std::string(value->get_string());
}

bool Fields::flag(std::string_view name, bool initial) {
    const json::value* value = typed(name);
    if (value == nullptr) return initial;
    if (!value->is_bool()) return wrong(name, "must be true or false"), initial;
    return value->get_bool();
}

std::uint64_t Fields::count(std::string_view name, std::uint64_t initial, std::uint64_t least,
                            std::uint64_t most) {
    const json::value* value = typed(name);
    if (value == nullptr) return initial;
    std::uint64_t out = 0;
    bool fits = false;
    if (value->is_int64() && value->get_int64() >= 0) {
        out = static_cast<std::uint64_t>(value->get_int64());
        fits = true;
    } else if (value->is_uint64()) {
        out = value->get_uint64();
        fits = true;
    } else if (value->is_double()) {
        // 5.0 is a whole number (JSON Schema, 6.1.1): of some languages every number is written so.
        const double number = value->get_double();
        fits = number >= 0 && number <= most_exact && std::floor(number) == number;
        if (fits) out = static_cast<std::uint64_t>(number);
    }
    if (!fits || out < least || out > most)
        return wrong(name, "must be a whole number from " + std::to_string(least) + " to " +
                               std::to_string(most)),
               initial;
    return out;
}

double Fields::number(std::string_view name, double initial, double least, double most) {
    const json::value* value = typed(name);
    if (value == nullptr) return initial;
    boost::system::error_code error;
    const double out = value->is_number() ? value->to_number<double>(error) : std::nan("");
    if (error || !(out >= least && out <= most))
        return wrong(name, "must be a number from " + std::to_string(least) + " to " +
                               std::to_string(most)),
               initial;
    return out;
}

std::vector<std::string> Fields::texts(std::string_view name) {
    const json::value* value = given(name, Reading::texts);
    std::vector<std::string> out;
    if (value == nullptr) return out;
    if (!value->is_array()) return wrong(name, "must be a list of strings"), out;
    for (const json::value& item : value->get_array()) {
        if (!item.is_string()) return wrong(name, "must be a list of strings"), out;
        out.emplace_back(item.get_string());
    }
    return out;
}

std::vector<float> Fields::numbers(std::string_view name) {
    const json::value* value = typed(name);
    std::vector<float> out;
    if (value == nullptr) return out;
    if (!value->is_array()) return wrong(name, "must be a list of numbers"), out;
    for (const json::value& item : value->get_array()) {
        boost::system::error_code error;
        const double number = item.is_number() ? item.to_number<double>(error) : std::nan("");
        if (error || !(std::abs(number) <= std::numeric_limits<float>::max()))
            return wrong(name, "must be a list of numbers, each within 3.4e38"), out;
        out.push_back(static_cast<float>(number));
    }
    return out;
}

const json::object::value_type* Fields::unknown() const {
    if (lenient_) return nullptr;
    for (const auto& item : object_)
        if (!asked_.contains(std::string_view(item.key()))) return &item;
    return nullptr;
}

Status Fields::done() const {
    if (!status_.ok()) return status_;
    if (const auto* item = unknown())
        return {Code::invalid_argument,
                "the field '" + std::string(item->key()) + "' is unknown here"};
    return {};
}

std::string Fields::place() const {
    if (!status_.ok()) return wrong_;
    const auto* item = unknown();
    return item == nullptr ? std::string{} : std::string(item->key());
}

}  // namespace lectern::api
