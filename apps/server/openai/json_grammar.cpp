#include "apps/server/openai/json_grammar.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "api/json_text.hpp"

namespace lectern::server {
namespace {

namespace json = boost::json;

constexpr std::uint64_t most_repeats = 1000;     // of one list or text
constexpr std::size_t most_bytes = 128U << 10U;  // of a grammar: its reader walks all of it
constexpr std::size_t most_schema_bytes = 256U << 10U;
constexpr std::size_t most_apart = 100;               // of 'oneOf': each is compared with each
constexpr std::size_t most_depth = 200;               // of schemas in schemas, through '$ref' too
constexpr std::int64_t most_whole = 999999999999999;  // 15 digits: a double holds each exactly
constexpr double most_decimal = 1e12;                 // where a number has one bound only

// Any JSON, as it is written on one line. A text has no \u: of two that belong together a grammar
// could let one go.
constexpr std::string_view any_json =
    R"(value ::= object | array | string | number | "true" | "false" | "null"
object ::= "{" ( pair ( ", " pair )* )? "}"
pair ::= string ": " value
array ::= "[" ( value ( ", " value )* )? "]"
string ::= "\"" char* "\""
char ::= [^"\\\x00-\x1F\x7F] | "\\" ["\\bfnrt]
number ::= integer ( "." [0-9]{1,15} )? ( "e" [+-] [0-9]{1,2} )?
integer ::= "-"? ( "0" | [1-9] [0-9]{0,14} )
)";

// As a terminal of GBNF.
std::string terminal(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out.push_back('\\');
        out.push_back(c);
    }
    return out + "\"";
}

std::string terminal_of(const json::value& value) {
    return terminal(api::json_text(value));
}

// "( a | b )"
std::string either(const std::vector<std::string>& choices) {
    if (choices.size() == 1) return choices.front();
    std::string out = "( ";
    for (const std::string& choice : choices) out += (out.size() == 2 ? "" : " | ") + choice;
    return out + " )";
}

std::string repeated(const std::string& what, std::uint64_t least,
                     std::optional<std::uint64_t> most) {
    if (most && *most == 0) return {};
    if (!most && least == 0) return what + "*";
    if (!most) return what + "{" + std::to_string(least) + ",}";
    return what + "{" + std::to_string(least) + "," + std::to_string(*most) + "}";
}

// ------------------------------------------------------------- ranges of numbers

// Decimal digits of whole numbers from one to another; `places` of them stand behind a point.
class DigitRange {
 public:
    explicit DigitRange(std::size_t places) : places_(places) {}

    // 0 <= low <= high.
    [[nodiscard]] std::string of(std::int64_t low, std::int64_t high) const {
        std::vector<std::string> choices;
        const std::size_t fewest = places_ + 1;  // "0.50" has a 0 before the point
        std::int64_t first = 0;                  // of the numbers of so many digits
        std::int64_t last = 9;
        for (std::size_t i = 1; i < fewest; ++i) last = last * 10 + 9;
        for (std::size_t width = fewest; first <= high; ++width) {
            const std::int64_t begin = std::max(low, first);
            const std::int64_t end = std::min(high, last);
            if (begin <= end) choices.push_back(between(padded(begin, width), padded(end, width)));
            first = last + 1;
            last = last * 10 + 9;
        }
        return either(choices);
    }

 private:
    static std::string padded(std::int64_t number, std::size_t width) {
        std::string out = std::to_string(number);
        return std::string(width - std::min(width, out.size()), '0') + out;
    }
    [[nodiscard]] std::string point(std::size_t left) const {
        return places_ > 0 && left == places_ ? "\".\" " : "";
    }
    [[nodiscard]] std::string any(std::size_t count) const {
        if (count == 0) return {};
        if (places_ == 0 || count < places_) return " [0-9]{" + std::to_string(count) + "}";
        std::string out;
        if (count > places_) out = " [0-9]{" + std::to_string(count - places_) + "}";
        return out + " \".\" [0-9]{" + std::to_string(places_) + "}";
    }
    // Two of equal length, the first not the larger. One digit less each time.
    // NOLINTNEXTLINE(misc-no-recursion)
    [[nodiscard]] std::string between(std::string_view low, std::string_view high) const {
        if (low.empty()) return {};
        const std::string before = point(low.size());
        const auto digit = [](char c) { return "\"" + std::string(1, c) + "\""; };
        const auto tail = [this](std::string_view a, std::string_view b) {
            const std::string rest = between(a, b);
            return rest.empty() ? rest : " " + rest;
        };
        if (low.front() == high.front())
            return before + digit(low.front()) + tail(low.substr(1), high.substr(1));
        const std::string_view low_rest = low.substr(1);
        const std::string_view high_rest = high.substr(1);
        const std::string zeros(low_rest.size(), '0');
        const std::string nines(low_rest.size(), '9');
        char first = low.front();
        char last = high.front();
        std::vector<std::string> choices;
        if (low_rest != zeros) choices.push_back(digit(first++) + tail(low_rest, nines));
        std::optional<std::string> at_the_end;
        if (high_rest != nines) at_the_end = digit(last--) + tail(zeros, high_rest);
        if (first <= last)
            choices.push_back("[" + std::string(1, first) + "-" + std::string(1, last) + "]" +
                              any(low_rest.size()));
        if (at_the_end) choices.push_back(*at_the_end);
        return before + either(choices);
    }

    const std::size_t places_;
};

std::string numbers_between(std::int64_t low, std::int64_t high, std::size_t places) {
    const DigitRange range(places);
    std::vector<std::string> choices;
    if (low < 0) choices.push_back("\"-\" " + range.of(high < 0 ? -high : 1, -low));
    if (high >= 0) choices.push_back(range.of(std::max<std::int64_t>(low, 0), high));
    return either(choices);
}

// ----------------------------------------------------------------- texts of a form

constexpr std::string_view date =
    R"([1-2] [0-9]{3} "-" ( ( "0" [13578] | "1" [02] ) "-" ( "0" [1-9] | [12] [0-9] | "3" [01] ) | )"
    R"(( "0" [469] | "11" ) "-" ( "0" [1-9] | [12] [0-9] | "30" ) | )"
    R"("02-" ( "0" [1-9] | "1" [0-9] | "2" [0-8] ) ))";
constexpr std::string_view time_of_day =
    R"(( [01] [0-9] | "2" [0-3] ) ":" [0-5] [0-9] ":" [0-5] [0-9] )"
    R"(( "Z" | [+-] ( "0" [0-9] | "1" [0-3] ) ":" ( "00" | "30" ) ))";
constexpr std::string_view octet =
    R"(( "25" [0-5] | "2" [0-4] [0-9] | "1" [0-9]{2} | [1-9] [0-9] | [0-9] ))";

std::optional<std::string> text_of_format(std::string_view format) {
    const std::string hex = "[0-9a-f]";
    if (format == "date") return std::string(date);
    if (format == "time") return std::string(time_of_day);
    if (format == "date-time") return std::string(date) + " \"T\" " + std::string(time_of_day);
    if (format == "uuid")
        return hex + "{8} \"-\" " + hex + "{4} \"-4\" " + hex + "{3} \"-\" [89ab] " + hex +
               "{3} \"-\" " + hex + "{12}";
    if (format == "ipv4") {
        const std::string one(octet);
        return one + " \".\" " + one + " \".\" " + one + " \".\" " + one;
    }
    if (format == "email")
        return R"([a-z0-9] [a-z0-9]{0,30} ( [._-] [a-z0-9]{1,30} ){0,2} "@" )"
               R"([a-z0-9]{1,30} ( "-" [a-z0-9]{1,20} )? ( "." [a-z]{2,12} ){1,2})";
    return {};
}

// ------------------------------------------------------------------- the schema

constexpr std::array<std::string_view, 20> says_nothing{
    "title",       "description",     "default",          "examples",
    "deprecated",  "readOnly",        "writeOnly",        "$schema",
    "$id",         "$comment",        "$anchor",          "$defs",
    "definitions", "discriminator",   "nullable",         "example",
    "id",          "contentEncoding", "contentMediaType", "$vocabulary"};

struct OfType {
    std::string_view type;
    std::vector<std::string_view> keywords;
};
const std::vector<OfType>& known_types() {
    static const std::vector<OfType> all{
        {"object", {"properties", "required", "additionalProperties"}},
        {"array", {"items", "prefixItems", "minItems", "maxItems"}},
        {"string", {"minLength", "maxLength", "format"}},
        {"number", {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}},
        {"integer", {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}},
        {"boolean", {}},
        {"null", {}}};
    return all;
}

template <typename List>
bool contains(const List& list, std::string_view one) {
    return std::find(list.begin(), list.end(), one) != list.end();
}

// A key in a JSON Pointer (RFC 6901).
std::string pointed(std::string_view key) {
    std::string out = "/";
    for (const char c : key) {
        if (c == '~')
            out += "~0";
        else if (c == '/')
            out += "~1";
        else
            out.push_back(c);
    }
    return out;
}

std::string unpointed(std::string_view part) {
    std::string out;
    for (std::size_t i = 0; i < part.size(); ++i) {
        if (part[i] == '~' && i + 1 < part.size()) {
            out.push_back(part[++i] == '1' ? '/' : '~');
            continue;
        }
        out.push_back(part[i]);
    }
    return out;
}

std::string_view type_name(const json::value& value) {
    switch (value.kind()) {
        case json::kind::object: return "object";
        case json::kind::array: return "array";
        case json::kind::string: return "string";
        case json::kind::bool_: return "boolean";
        case json::kind::null: return "null";
        case json::kind::int64:
        case json::kind::uint64: return "integer";
        case json::kind::double_: break;
    }
    return "number";
}

class SchemaGrammar {
 public:
    explicit SchemaGrammar(const json::value& schema) : root_(schema) {}

    Result<std::string> text() {
        if (json::serialize(root_).size() > most_schema_bytes) return too_large_failure();
        LECTERN_ASSIGN(const std::string root, value_of(root_, "#"));
        if (too_large()) return too_large_failure();
        return "root ::= " + root + "\n" + rules_ + std::string(any_json);
    }

 private:
    using Places = std::set<std::string, std::less<>>;

    static Status refused(std::string_view place, const std::string& what) {
        return {Code::invalid_argument, "the schema at " + std::string(place) + " " + what};
    }
    static Status unsupported(std::string_view place, std::string_view keyword) {
        return refused(place, "has '" + std::string(keyword) + "', which is not supported here");
    }
    [[nodiscard]] bool too_large() const { return rules_.size() > most_bytes; }
    static Status too_large_failure() {
        return {Code::invalid_argument, "the schema is too large"};
    }

    // A rule of its own, so that what is used twice stands once.
    std::string rule(const std::string& body) {
        const std::string name = "r" + std::to_string(++count_);
        rules_ += name + " ::= " + body + "\n";
        return name;
    }

    // A name, a terminal or a group: what can be followed by more. A '$ref' leads on to others, so
    // JSON's own depth is no bound.
    // NOLINTNEXTLINE(misc-no-recursion)
    Result<std::string> value_of(const json::value& schema, const std::string& place) {
        if (depth_ >= most_depth)
            return refused(place, "stands in more than " + std::to_string(most_depth) +
                                      " others, one in the other; make it flatter");
        ++depth_;
        auto out = form_of(schema, place);
        --depth_;
        return out;
    }

    // NOLINTNEXTLINE(misc-no-recursion)
    Result<std::string> form_of(const json::value& schema, const std::string& place) {
        if (too_large()) return too_large_failure();
        if (schema.is_bool() && schema.get_bool()) return std::string("value");
        if (schema.is_bool()) return refused(place, "is false: no value fulfils it");
        if (!schema.is_object()) return refused(place, "must be an object, or true");
        const json::object& object = schema.get_object();
        LECTERN_TRY(check_keywords(object, place));
        if (const json::value* reference = object.if_contains("$ref"))
            return referred(*reference, place);
        for (const char* name : {"anyOf", "oneOf", "allOf"})
            if (const json::value* list = object.if_contains(name))
                return one_of(*list, name, place + "/" + name);
        if (const json::value* value = object.if_contains("const"))
            return among(json::array{*value}, object, place);
        if (const json::value* list = object.if_contains("enum")) {
            if (!list->is_array()) return refused(place, "must have a list as 'enum'");
            return among(list->get_array(), object, place);
        }
        LECTERN_ASSIGN(const std::vector<std::string> types, types_of(object, place));
        if (types.empty()) return std::string("value");
        std::vector<std::string> choices;
        for (const std::string& type : types) {
            LECTERN_ASSIGN(std::string one, of_type(type, object, place));
            choices.push_back(std::move(one));
        }
        return either(choices);
    }

    // What stands in place of a value's own form stands alone; what is unknown may change what a
    // value must be.
    static Status check_keywords(const json::object& object, const std::string& place) {
        constexpr std::array<std::string_view, 6> whole{"$ref",  "anyOf", "oneOf",
                                                        "allOf", "const", "enum"};
        std::string_view alone;
        for (const std::string_view name : whole) {
            if (!object.contains(name)) continue;
            if (!alone.empty())
                return refused(place, "has '" + std::string(alone) + "' beside '" +
                                          std::string(name) + "', which is not supported here");
            alone = name;
        }
        const bool listed = alone == "enum" || alone == "const";
        for (const auto& item : object) {
            const std::string_view key = item.key();
            if (key == alone || contains(says_nothing, key) || key.starts_with("x-")) continue;
            const bool known =
                key == "type" ||
                std::any_of(known_types().begin(), known_types().end(),
                            [key](const OfType& type) { return contains(type.keywords, key); });
            if (!known) return unsupported(place, key);
            if (!alone.empty() && !(listed && key == "type"))
                return refused(place, "has '" + std::string(key) + "' beside '" +
                                          std::string(alone) + "', which is not supported here");
        }
        return {};
    }

    // Those of `type`, or what its other keywords are about; none: any value will do.
    static Result<std::vector<std::string>> types_of(const json::object& object,
                                                     const std::string& place) {
        std::vector<std::string> out;
        const json::value* type = object.if_contains("type");
        if (type == nullptr) {
            for (const OfType& known : known_types())
                for (const std::string_view keyword : known.keywords)
                    if (object.contains(keyword))
                        return std::vector<std::string>{std::string(known.type)};
            return out;
        }
        const json::array one{*type};
        const json::array* list = type->is_array() ? &type->get_array() : &one;
        for (const json::value& item : *list) {
            const bool known =
                item.is_string() &&
                std::any_of(known_types().begin(), known_types().end(),
                            [&item](const OfType& each) {
                                return each.type == std::string_view(item.get_string());
                            });
            if (!known) return refused(place, "has a 'type' that JSON Schema does not know");
            out.emplace_back(item.get_string());
        }
        if (out.empty()) return refused(place, "has an empty list as 'type'");
        return out;
    }

    Result<std::string> among(const json::array& values, const json::object& object,
                              const std::string& place) {
        LECTERN_ASSIGN(const std::vector<std::string> types, types_of(object, place));
        std::vector<std::string> choices;
        for (const json::value& value : values) {
            const std::string_view type = type_name(value);
            if (!types.empty() && !contains(types, type) &&
                !(type == "integer" && contains(types, "number")))
                continue;
            choices.push_back(terminal_of(value));
        }
        if (choices.empty()) return refused(place, "allows no value");
        return choices.size() == 1 ? choices.front() : rule(either(choices));
    }

    // NOLINTNEXTLINE(misc-no-recursion)
    Result<std::string> referred(const json::value& reference, const std::string& place) {
        if (!reference.is_string()) return refused(place, "must have a text as '$ref'");
        const std::string target(reference.get_string());
        if (inside_.contains(target))
            return refused(place, "refers to itself without anything in between");
        if (const auto known = referred_.find(target); known != referred_.end())
            return known->second;
        const json::value* found = find(target);
        if (found == nullptr)
            return refused(place, "has the '$ref' '" + target +
                                      "', which is not in it: '#/$defs/NAME' is a place");
        const std::string name = "r" + std::to_string(++count_);
        referred_.emplace(target, name);
        inside_.insert(target);
        auto body = value_of(*found, target);
        inside_.erase(target);
        LECTERN_TRY(body.status());
        rules_ += name + " ::= " + *body + "\n";
        return name;
    }

    // "#/$defs/Name"
    [[nodiscard]] const json::value* find(std::string_view pointer) const {
        if (!pointer.starts_with('#')) return nullptr;
        pointer.remove_prefix(1);
        const json::value* at = &root_;
        while (!pointer.empty()) {
            if (pointer.front() != '/') return nullptr;
            pointer.remove_prefix(1);
            const std::string key = unpointed(pointer.substr(0, pointer.find('/')));
            pointer.remove_prefix(std::min(pointer.find('/'), pointer.size()));
            const json::object* object = at->if_object();
            at = object == nullptr ? nullptr : object->if_contains(key);
            if (at == nullptr) return nullptr;
        }
        return at;
    }

    // NOLINTNEXTLINE(misc-no-recursion)
    Result<std::string> one_of(const json::value& list, std::string_view keyword,
                               const std::string& place) {
        if (!list.is_array() || list.get_array().empty())
            return refused(place, "must be a list of schemas");
        const json::array& all = list.get_array();
        if (keyword == "allOf" && all.size() > 1)
            return refused(place, "has several schemas, which is not supported here");
        if (keyword == "oneOf" && all.size() > most_apart)
            return refused(place,
                           "has more than " + std::to_string(most_apart) + " schemas; use anyOf");
        if (keyword == "oneOf" && !apart(all))
            return refused(place,
                           "has schemas that one value might fulfil two of; give each another "
                           "type, or the same property with another 'const', or use anyOf");
        std::vector<std::string> choices;
        for (std::size_t i = 0; i < all.size(); ++i) {
            LECTERN_ASSIGN(std::string one, value_of(all[i], place + "/" + std::to_string(i)));
            choices.push_back(std::move(one));
        }
        return choices.size() == 1 ? choices.front() : rule(either(choices));
    }

    [[nodiscard]] const json::object* looked_up(const json::value& schema) const {
        const json::object* object = schema.if_object();
        for (int hops = 0; object != nullptr && hops < 8; ++hops) {
            const json::value* reference = object->if_contains("$ref");
            if (reference == nullptr || !reference->is_string()) return object;
            const json::value* found = find(reference->get_string());
            object = found == nullptr ? nullptr : found->if_object();
        }
        return nullptr;
    }

    // Whether no value can fulfil two of these.
    [[nodiscard]] bool apart(const json::array& all) const {
        for (std::size_t i = 0; i < all.size(); ++i)
            for (std::size_t k = i + 1; k < all.size(); ++k)
                if (!apart(all[i], all[k])) return false;
        return true;
    }
    [[nodiscard]] bool apart(const json::value& a, const json::value& b) const {
        const json::object* one = looked_up(a);
        const json::object* other = looked_up(b);
        if (one == nullptr || other == nullptr) return false;
        if (without_common(values_of(*one), values_of(*other))) return true;
        const json::value* type = one->if_contains("type");
        const json::value* type_of_other = other->if_contains("type");
        if (type == nullptr || type_of_other == nullptr || !type->is_string() ||
            !type_of_other->is_string())
            return false;
        const bool numbers = (*type == "integer" || *type == "number") &&
                             (*type_of_other == "integer" || *type_of_other == "number");
        if (*type != *type_of_other && !numbers) return true;
        if (*type != "object") return false;
        const json::value* properties = one->if_contains("properties");
        const json::value* of_other = other->if_contains("properties");
        if (properties == nullptr || of_other == nullptr || !properties->is_object() ||
            !of_other->is_object())
            return false;
        for (const auto& item : properties->get_object()) {
            const json::value* same = of_other->get_object().if_contains(item.key());
            if (same == nullptr || !requires_one(*one, item.key()) ||
                !requires_one(*other, item.key()))
                continue;
            const json::object* mine = item.value().if_object();
            const json::object* theirs = same->if_object();
            if (mine != nullptr && theirs != nullptr &&
                without_common(values_of(*mine), values_of(*theirs)))
                return true;
        }
        return false;
    }
    static bool requires_one(const json::object& object, std::string_view key) {
        const json::value* list = object.if_contains("required");
        return list != nullptr && list->is_array() &&
               std::any_of(list->get_array().begin(), list->get_array().end(),
                           [key](const json::value& name) {
                               return name.is_string() &&
                                      std::string_view(name.get_string()) == key;
                           });
    }
    // The few that it may be; none: it is not said.
    static json::array values_of(const json::object& schema) {
        if (const json::value* value = schema.if_contains("const")) return json::array{*value};
        const json::value* list = schema.if_contains("enum");
        return list != nullptr && list->is_array() ? list->get_array() : json::array();
    }
    static bool without_common(const json::array& a, const json::array& b) {
        return !a.empty() && !b.empty() &&
               std::none_of(a.begin(), a.end(), [&b](const json::value& value) {
                   return std::find(b.begin(), b.end(), value) != b.end();
               });
    }

    // NOLINTNEXTLINE(misc-no-recursion)
    Result<std::string> of_type(const std::string& type, const json::object& object,
                                const std::string& place) {
        if (type == "null") return std::string("\"null\"");
        if (type == "boolean") return std::string("( \"true\" | \"false\" )");
        if (type == "string") return text_of(object, place);
        if (type == "integer" || type == "number")
            return number_of(object, place, type == "integer");
        // What is inside may be what it stands in.
        Places outside;
        outside.swap(inside_);
        auto out = type == "object" ? object_of(object, place) : array_of(object, place);
        inside_.swap(outside);
        return out;
    }

    // A whole number of a keyword; nothing where it is not there.
    static Result<std::optional<std::uint64_t>> count_of(const json::object& object,
                                                         std::string_view name,
                                                         const std::string& place) {
        const json::value* value = object.if_contains(name);
        if (value == nullptr) return std::optional<std::uint64_t>{};
        boost::system::error_code error;
        const double number = value->is_number() ? value->to_number<double>(error) : -1;
        if (error || number < 0 || std::floor(number) != number)
            return refused(place, "must have a whole number as '" + std::string(name) + "'");
        return std::optional(static_cast<std::uint64_t>(std::min(number, 1e15)));
    }

    struct Bounds {
        std::uint64_t least = 0;
        std::optional<std::uint64_t> most;
    };
    static Result<Bounds> bounds_of(const json::object& object, const std::string& place,
                                    const char* least, const char* most) {
        LECTERN_ASSIGN(const auto low, count_of(object, least, place));
        LECTERN_ASSIGN(const auto high, count_of(object, most, place));
        Bounds out{low.value_or(0), high};
        if (out.least > most_repeats)
            return refused(
                place, "has '" + std::string(least) + "' above " + std::to_string(most_repeats));
        if (high && *high < out.least)
            return refused(place, "allows no value: '" + std::string(most) + "' is below '" +
                                      std::string(least) + "'");
        if (out.most) out.most = std::min(*out.most, most_repeats);
        return out;
    }

    Result<std::string> text_of(const json::object& object, const std::string& place) {
        LECTERN_ASSIGN(const Bounds bounds, bounds_of(object, place, "minLength", "maxLength"));
        if (const json::value* format = object.if_contains("format")) {
            if (bounds.least > 1 || bounds.most)
                return refused(place, "has 'format' beside a length, which is not supported here");
            const auto form = format->is_string() ? text_of_format(format->get_string())
                                                  : std::optional<std::string>{};
            if (!form)
                return refused(place, "has the 'format' " + json::serialize(*format) +
                                          ", which is not supported here; there are date, time, "
                                          "date-time, email, ipv4 and uuid");
            return rule("\"\\\"\" " + *form + " \"\\\"\"");
        }
        if (bounds.least == 0 && !bounds.most) return std::string("string");
        return rule("\"\\\"\" " + repeated("char", bounds.least, bounds.most) + " \"\\\"\"");
    }

    static Result<std::optional<double>> bound_of(const json::object& object, const char* name,
                                                  const std::string& place) {
        const json::value* value = object.if_contains(name);
        if (value == nullptr) return std::optional<double>{};
        boost::system::error_code error;
        const double number = value->is_number() ? value->to_number<double>(error) : 0;
        if (!value->is_number() || error)
            return refused(place, "must have a number as '" + std::string(name) + "'");
        return std::optional(number);
    }

    Result<std::string> number_of(const json::object& object, const std::string& place,
                                  bool whole) {
        if (const json::value* step = object.if_contains("multipleOf"))
            if (!whole || *step != 1) return unsupported(place, "multipleOf");
        LECTERN_ASSIGN(const auto least, bound_of(object, "minimum", place));
        LECTERN_ASSIGN(const auto most, bound_of(object, "maximum", place));
        LECTERN_ASSIGN(const auto above, bound_of(object, "exclusiveMinimum", place));
        LECTERN_ASSIGN(const auto below, bound_of(object, "exclusiveMaximum", place));
        if (!least && !most && !above && !below) return std::string(whole ? "integer" : "number");
        const double limit = whole ? static_cast<double>(most_whole) : most_decimal;
        const double low = std::max({least.value_or(-limit), above.value_or(-limit), -limit});
        const double high = std::min({most.value_or(limit), below.value_or(limit), limit});
        // As many decimals as the bounds have, and 2 where these are whole.
        std::size_t places = 0;
        double scale = 1;
        if (!whole) {
            const auto exact = [&scale](double bound) {
                return std::abs(bound * scale - std::round(bound * scale)) <
                       1e-9 * std::max(1.0, std::abs(bound * scale));
            };
            while (places < 6 && (places < 2 || !exact(low) || !exact(high))) {
                const double next = scale * 10;
                if (std::max(std::abs(low), std::abs(high)) * next >
                    static_cast<double>(most_whole))
                    break;
                scale = next;
                ++places;
            }
        }
        constexpr double slack = 1e-6;
        auto first = static_cast<std::int64_t>(std::ceil(low * scale - slack));
        auto last = static_cast<std::int64_t>(std::floor(high * scale + slack));
        if (above && static_cast<double>(first) <= *above * scale + slack) ++first;
        if (below && static_cast<double>(last) >= *below * scale - slack) --last;
        if (first > last) return refused(place, "allows no number, or none of few enough digits");
        return rule(numbers_between(first, last, places));
    }

    // NOLINTNEXTLINE(misc-no-recursion)
    Result<std::string> array_of(const json::object& object, const std::string& place) {
        LECTERN_ASSIGN(const Bounds bounds, bounds_of(object, place, "minItems", "maxItems"));
        std::vector<std::string> first;
        if (const json::value* list = object.if_contains("prefixItems")) {
            if (!list->is_array()) return refused(place, "must have a list as 'prefixItems'");
            const json::array& all = list->get_array();
            for (std::size_t i = 0; i < all.size() && i < bounds.most.value_or(all.size()); ++i) {
                LECTERN_ASSIGN(std::string one,
                               value_of(all[i], place + "/prefixItems/" + std::to_string(i)));
                first.push_back(std::move(one));
            }
        }
        const json::value* items = object.if_contains("items");
        if (items != nullptr && items->is_array()) return unsupported(place, "items as a list");
        const bool no_more = items != nullptr && *items == false;
        if (no_more && bounds.least > first.size())
            return refused(place, "allows no value: it has fewer items than 'minItems'");
        if (first.empty() && (no_more || bounds.most == std::uint64_t{0}))
            return std::string("\"[]\"");
        std::string body;
        for (const std::string& one : first) body += (body.empty() ? "" : " \", \" ") + one;
        const std::uint64_t more =
            bounds.least - std::min<std::uint64_t>(bounds.least, first.size());
        // Behind a fixed beginning only what must be.
        if (!first.empty() && more == 0) return rule("\"[\" " + body + " \"]\"");
        std::string one = "value";
        if (items != nullptr) {
            LECTERN_ASSIGN(one, value_of(*items, place + "/items"));
        }
        // llama.cpp bounds repetitions times the groups that are in what is repeated.
        if (one.find(' ') != std::string::npos) one = rule(one);
        if (!first.empty())
            return rule("\"[\" " + body + " " + repeated("( \", \" " + one + " )", more, more) +
                        " \"]\"");
        std::optional<std::uint64_t> others;
        if (bounds.most) others = *bounds.most - 1;
        const std::uint64_t least_others = bounds.least > 0 ? bounds.least - 1 : 0;
        const std::string rest = repeated("( \", \" " + one + " )", least_others, others);
        const std::string full = one + (rest.empty() ? "" : " " + rest);
        return rule("\"[\" " + (bounds.least > 0 ? full : "( " + full + " )?") + " \"]\"");
    }

    // NOLINTNEXTLINE(misc-no-recursion)
    Result<std::string> object_of(const json::object& object, const std::string& place) {
        const json::value* given = object.if_contains("properties");
        if (given != nullptr && !given->is_object())
            return refused(place, "must have an object as 'properties'");
        const json::object none;
        const json::object& properties = given == nullptr ? none : given->get_object();
        const json::value* others = object.if_contains("additionalProperties");
        const bool no_others = others != nullptr && *others == false;

        struct Property {
            std::string pair;
            bool needed = false;
        };
        std::vector<Property> all;
        const auto add = [&](std::string_view key, const std::string& value, bool needed) {
            const std::string quoted = json::serialize(json::string(key));
            all.push_back({terminal(quoted + ": ") + " " + value, needed});
        };
        Places needed;
        if (const json::value* list = object.if_contains("required")) {
            if (!list->is_array()) return refused(place, "must have a list as 'required'");
            for (const json::value& name : list->get_array()) {
                if (!name.is_string())
                    return refused(place, "must have a list of names as 'required'");
                needed.emplace(name.get_string());
            }
        }
        for (const auto& item : properties) {
            LECTERN_ASSIGN(const std::string value,
                           value_of(item.value(), place + "/properties" + pointed(item.key())));
            add(item.key(), value, needed.contains(std::string_view(item.key())));
        }
        std::string of_others = "value";
        if (others != nullptr && !no_others) {
            LECTERN_ASSIGN(of_others, value_of(*others, place + "/additionalProperties"));
        }
        for (const std::string& name : needed) {
            if (properties.contains(name)) continue;
            if (no_others) return refused(place, "requires '" + name + "' and does not allow it");
            add(name, of_others, true);
        }
        if (all.empty() && no_others) return std::string("\"{}\"");
        if (all.empty() && of_others == "value") return std::string("object");
        if (all.empty()) {
            const std::string pair = "string \": \" " + of_others;
            return rule("\"{\" ( " + pair + " ( \", \" " + pair + " )* )? \"}\"");
        }
        // From the last to the first: what may follow when something stands before it, and when
        // nothing does.
        std::string behind;
        std::string begin;
        for (std::size_t i = all.size(); i-- > 0;) {
            const auto with = [&](const char* before) {
                return before + all[i].pair + (behind.empty() ? "" : " " + behind);
            };
            std::string as_first = with("");
            std::string as_next = with("\", \" ");
            if (!all[i].needed) {
                as_first = begin.empty() ? "( " + as_first + " )?"
                                         : "( " + as_first + " | " + begin + " )";
                as_next = behind.empty() ? "( " + as_next + " )?"
                                         : "( " + as_next + " | " + behind + " )";
            }
            begin = rule(as_first);
            behind = i == 0 ? "" : rule(as_next);
            if (too_large()) return too_large_failure();
        }
        return rule("\"{\" " + begin + " \"}\"");
    }

    const json::value& root_;
    std::string rules_;
    std::size_t count_ = 0;
    std::size_t depth_ = 0;
    std::map<std::string, std::string, std::less<>> referred_;  // rules of "#/$defs/NAME"
    Places inside_;  // that are being read, with no object or list in between
};

}  // namespace

std::string json_object_grammar() {
    return "root ::= object\n" + std::string(any_json);
}

Result<std::string> json_grammar(const json::value& schema) {
    return SchemaGrammar(schema).text();
}

}  // namespace lectern::server
