#include "apps/server/openai/json_grammar.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "apps/server/openai/gbnf.hpp"
#include "apps/server/openai/json_schema.hpp"

namespace lectern::server {
namespace {

namespace json = boost::json;

constexpr std::size_t most_bytes = 128U << 10U;  // of a grammar: its reader walks all of it
constexpr std::size_t most_schema_bytes = 256U << 10U;
constexpr std::size_t most_apart = 100;  // of 'oneOf': each is compared with each
constexpr std::size_t most_depth = 200;  // of schemas in schemas, through '$ref' too

class SchemaGrammar {
 public:
    explicit SchemaGrammar(const json::value& schema) : root_(schema) {}

    Result<std::string> text() {
        if (json::serialize(root_).size() > most_schema_bytes) return too_large_failure();
        LECTERN_ASSIGN(const std::string root, value_of(root_, "#"));
        if (too_large()) return too_large_failure();
        return "root ::= " + root + "\n" + rules_ + std::string(gbnf::any_json);
    }

 private:
    using Places = std::set<std::string, std::less<>>;

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
            return schema::refused(place, "stands in more than " + std::to_string(most_depth) +
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
        if (schema.is_bool()) return schema::refused(place, "is false: no value fulfils it");
        if (!schema.is_object()) return schema::refused(place, "must be an object, or true");
        const json::object& object = schema.get_object();
        LECTERN_TRY(schema::check_keywords(object, place));
        if (const json::value* reference = object.if_contains("$ref"))
            return referred(*reference, place);
        for (const char* name : {"anyOf", "oneOf", "allOf"})
            if (const json::value* list = object.if_contains(name))
                return one_of(*list, name, place + "/" + name);
        if (const json::value* value = object.if_contains("const"))
            return among(json::array{*value}, object, place);
        if (const json::value* list = object.if_contains("enum")) {
            if (!list->is_array()) return schema::refused(place, "must have a list as 'enum'");
            return among(list->get_array(), object, place);
        }
        LECTERN_ASSIGN(const std::vector<std::string> types, schema::types_of(object, place));
        if (types.empty()) return std::string("value");
        std::vector<std::string> choices;
        for (const std::string& type : types) {
            LECTERN_ASSIGN(std::string one, of_type(type, object, place));
            choices.push_back(std::move(one));
        }
        return gbnf::either(choices);
    }

    Result<std::string> among(const json::array& values, const json::object& object,
                              const std::string& place) {
        LECTERN_ASSIGN(const std::vector<std::string> types, schema::types_of(object, place));
        std::vector<std::string> choices;
        for (const json::value& value : values) {
            const std::string_view type = schema::type_name(value);
            if (!types.empty() && !schema::contains(types, type) &&
                !(type == "integer" && schema::contains(types, "number")))
                continue;
            choices.push_back(gbnf::terminal_of(value));
        }
        if (choices.empty()) return schema::refused(place, "allows no value");
        return choices.size() == 1 ? choices.front() : rule(gbnf::either(choices));
    }

    // NOLINTNEXTLINE(misc-no-recursion)
    Result<std::string> referred(const json::value& reference, const std::string& place) {
        if (!reference.is_string()) return schema::refused(place, "must have a text as '$ref'");
        const std::string target(reference.get_string());
        if (inside_.contains(target))
            return schema::refused(place, "refers to itself without anything in between");
        if (const auto known = referred_.find(target); known != referred_.end())
            return known->second;
        const json::value* found = schema::find(root_, target);
        if (found == nullptr)
            return schema::refused(place, "has the '$ref' '" + target +
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

    // NOLINTNEXTLINE(misc-no-recursion)
    Result<std::string> one_of(const json::value& list, std::string_view keyword,
                               const std::string& place) {
        if (!list.is_array() || list.get_array().empty())
            return schema::refused(place, "must be a list of schemas");
        const json::array& all = list.get_array();
        if (keyword == "allOf" && all.size() > 1)
            return schema::refused(place, "has several schemas, which is not supported here");
        if (keyword == "oneOf" && all.size() > most_apart)
            return schema::refused(
                place, "has more than " + std::to_string(most_apart) + " schemas; use anyOf");
        if (keyword == "oneOf" && !schema::apart(root_, all))
            return schema::refused(
                place,
                "has schemas that one value might fulfil two of; give each another "
                "type, or the same property with another 'const', or use anyOf");
        std::vector<std::string> choices;
        for (std::size_t i = 0; i < all.size(); ++i) {
            LECTERN_ASSIGN(std::string one, value_of(all[i], place + "/" + std::to_string(i)));
            choices.push_back(std::move(one));
        }
        return choices.size() == 1 ? choices.front() : rule(gbnf::either(choices));
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

    Result<std::string> text_of(const json::object& object, const std::string& place) {
        LECTERN_ASSIGN(const schema::Bounds bounds,
                       schema::bounds_of(object, place, "minLength", "maxLength"));
        if (const json::value* format = object.if_contains("format")) {
            if (bounds.least > 1 || bounds.most)
                return schema::refused(place,
                                       "has 'format' beside a length, which is not supported here");
            const auto form = format->is_string() ? gbnf::text_of_format(format->get_string())
                                                  : std::optional<std::string>{};
            if (!form)
                return schema::refused(place,
                                       "has the 'format' " + json::serialize(*format) +
                                           ", which is not supported here; there are date, time, "
                                           "date-time, email, ipv4 and uuid");
            return rule("\"\\\"\" " + *form + " \"\\\"\"");
        }
        if (bounds.least == 0 && !bounds.most) return std::string("string");
        return rule("\"\\\"\" " + gbnf::repeated("char", bounds.least, bounds.most) + " \"\\\"\"");
    }

    Result<std::string> number_of(const json::object& object, const std::string& place,
                                  bool whole) {
        LECTERN_ASSIGN(const schema::NumberRange range, schema::range_of(object, place, whole));
        if (!range.bounded) return std::string(whole ? "integer" : "number");
        return rule(gbnf::numbers_between(range.first, range.last, range.places));
    }

    // NOLINTNEXTLINE(misc-no-recursion)
    Result<std::string> array_of(const json::object& object, const std::string& place) {
        LECTERN_ASSIGN(const schema::Bounds bounds,
                       schema::bounds_of(object, place, "minItems", "maxItems"));
        std::vector<std::string> first;
        if (const json::value* list = object.if_contains("prefixItems")) {
            if (!list->is_array())
                return schema::refused(place, "must have a list as 'prefixItems'");
            const json::array& all = list->get_array();
            for (std::size_t i = 0; i < all.size() && i < bounds.most.value_or(all.size()); ++i) {
                LECTERN_ASSIGN(std::string one,
                               value_of(all[i], place + "/prefixItems/" + std::to_string(i)));
                first.push_back(std::move(one));
            }
        }
        const json::value* items = object.if_contains("items");
        if (items != nullptr && items->is_array())
            return schema::unsupported(place, "items as a list");
        const bool no_more = items != nullptr && *items == false;
        if (no_more && bounds.least > first.size())
            return schema::refused(place, "allows no value: it has fewer items than 'minItems'");
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
            return rule("\"[\" " + body + " " +
                        gbnf::repeated("( \", \" " + one + " )", more, more) + " \"]\"");
        std::optional<std::uint64_t> others;
        if (bounds.most) others = *bounds.most - 1;
        const std::uint64_t least_others = bounds.least > 0 ? bounds.least - 1 : 0;
        const std::string rest = gbnf::repeated("( \", \" " + one + " )", least_others, others);
        const std::string full = one + (rest.empty() ? "" : " " + rest);
        return rule("\"[\" " + (bounds.least > 0 ? full : "( " + full + " )?") + " \"]\"");
    }

    // NOLINTNEXTLINE(misc-no-recursion)
    Result<std::string> object_of(const json::object& object, const std::string& place) {
        const json::value* given = object.if_contains("properties");
        if (given != nullptr && !given->is_object())
            return schema::refused(place, "must have an object as 'properties'");
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
            all.push_back({gbnf::terminal(quoted + ": ") + " " + value, needed});
        };
        Places needed;
        if (const json::value* list = object.if_contains("required")) {
            if (!list->is_array()) return schema::refused(place, "must have a list as 'required'");
            for (const json::value& name : list->get_array()) {
                if (!name.is_string())
                    return schema::refused(place, "must have a list of names as 'required'");
                needed.emplace(name.get_string());
            }
        }
        for (const auto& item : properties) {
            LECTERN_ASSIGN(
                const std::string value,
                value_of(item.value(), place + "/properties" + schema::pointed(item.key())));
            add(item.key(), value, needed.contains(std::string_view(item.key())));
        }
        std::string of_others = "value";
        if (others != nullptr && !no_others) {
            LECTERN_ASSIGN(of_others, value_of(*others, place + "/additionalProperties"));
        }
        for (const std::string& name : needed) {
            if (properties.contains(name)) continue;
            if (no_others)
                return schema::refused(place, "requires '" + name + "' and does not allow it");
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
    return "root ::= object\n" + std::string(gbnf::any_json);
}

Result<std::string> json_grammar(const json::value& schema) {
    return SchemaGrammar(schema).text();
}

}  // namespace lectern::server
