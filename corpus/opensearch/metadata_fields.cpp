#include "corpus/opensearch/metadata_fields.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <utility>

#include "corpus/opensearch/json_build.hpp"
#include "index/metadata/metadata.hpp"
#include "index/metadata/parser.hpp"
#include "index/metadata/table.hpp"
#include "text/text.hpp"

namespace lectern::corpus::opensearch {
namespace {

namespace json = boost::json;
using filter::Comparison;
using filter::Condition;
using filter::Expression;
using filter::Kind;
using filter::Literal;
using filter::Value;

constexpr std::string_view metadata_prefix = "metadata.";

bool plain(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
}

json::array& list_in(json::object& row, std::string_view kind, const std::string& name) {
    json::value& fields = row[kind];
    if (!fields.is_object()) fields = json::object();
    json::value& list = fields.as_object()[name];
    if (!list.is_array()) list = json::array();
    return list.as_array();
}

std::size_t characters(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    }));
}

// ------------------------------------------------------------------ queries

json::value term(const std::string& field, json::value value) {
    return object_of("term", object_of(field, std::move(value)));
}
json::value terms(const std::string& field, json::array values) {
    return object_of("terms", object_of(field, std::move(values)));
}
json::value everything() {
    return object_of("match_all", json::object());
}
json::value nothing() {
    return object_of("match_none", json::object());
}
json::value any_of(json::array queries) {
    if (queries.size() == 1) return std::move(queries.front());
    if (queries.empty()) return nothing();
    return object_of("bool", object_of("should", std::move(queries), "minimum_should_match", 1));
}
json::value all_of(json::array queries) {
    return object_of("bool", object_of("filter", std::move(queries)));
}
json::value none_of(json::value query) {
    return object_of("bool", object_of("must_not", std::move(query)));
}

std::string_view range_word(Comparison comparison) {
    switch (comparison) {
        case Comparison::less: return "lt";
        case Comparison::less_equal: return "lte";
        case Comparison::greater: return "gt";
        default: return "gte";
    }
}
json::value range(const std::string& field, std::string_view word, json::value value) {
    return object_of("range", object_of(field, object_of(word, std::move(value))));
}

// A date compares as a stretch of time.
json::value time_query(const std::string& field, Comparison comparison,
                       const filter::TimeSpan& span) {
    switch (comparison) {
        case Comparison::less: return range(field, "lt", span.begin);
        case Comparison::less_equal: return range(field, "lt", span.end);
        case Comparison::greater: return range(field, "gte", span.end);
        case Comparison::greater_equal: return range(field, "gte", span.begin);
        default:
            return object_of("range",
                             object_of(field, object_of("gte", span.begin, "lt", span.end)));
    }
}

std::string escaped(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (c == '*' || c == '?' || c == '\\') out.push_back('\\');
        out.push_back(c);
    }
    return out;
}

// Where the values of a field stand.
struct Places {
    std::string strings;
    std::string dates;  // as written; "": it has none
    std::string folded;
    std::string numbers;
    std::string booleans;
    std::string times;
};

std::string stored_name(const Kinds& kinds, std::string_view field) {
    if (kinds.find(field) == kinds.end() && field.starts_with(metadata_prefix))
        field.remove_prefix(metadata_prefix.size());
    return field_name(field);
}

bool built_in(std::string_view field) {
    return field == "id" || field == "title" || field == "committed";
}

Places places_of(const Kinds& kinds, const std::string& field) {
    if (field == "id") return {"id", "", "id_folded", "", "", ""};
    if (field == "title") return {"title", "", "title_folded", "", "", ""};
    if (field == "committed") return {"", "", "", "", "", "committed"};
    std::string_view name = field;
    // metadata.id is the metadata's id.
    if (name.starts_with(metadata_prefix) &&
        (kinds.find(name) == kinds.end() || built_in(name.substr(metadata_prefix.size()))))
        name.remove_prefix(metadata_prefix.size());
    const std::string stored = field_name(name);
    return {"s." + stored, "d." + stored, "f." + stored,
            "n." + stored, "b." + stored, "t." + stored};
}

Result<json::value> number_of(const Literal& literal) {
    // Beyond it two whole numbers may be one for the engine.
    constexpr double exact = 9007199254740992.0;
    if (literal.number.rest != 0 || std::abs(literal.number.nearest) > exact)
        return Status{Code::unsupported, "column " + std::to_string(literal.column) +
                                             ": the OpenSearch backend "
                                             "compares numbers up to 2^53 only, and '" +
                                             literal.text + "' is larger"};
    return json::value(literal.number.nearest);
}

Result<json::value> one_of(const Condition& condition, const Places& at) {
    json::array out;
    json::array strings;
    json::array numbers;
    for (const Literal& literal : condition.values) {
        if (literal.kind == Kind::string) strings.push_back(text_value(literal.text));
        if (literal.kind == Kind::number && !at.numbers.empty()) {
            LECTERN_ASSIGN(json::value number, number_of(literal));
            numbers.push_back(std::move(number));
        }
        if (literal.kind == Kind::boolean && !at.booleans.empty())
            out.push_back(term(at.booleans, json::value(literal.number != filter::Number())));
        if (literal.dated && !at.times.empty())
            out.push_back(time_query(at.times, Comparison::one_of, literal.time));
    }
    if (!strings.empty() && !at.dates.empty()) out.push_back(terms(at.dates, strings));
    if (!strings.empty() && !at.strings.empty())
        out.push_back(terms(at.strings, std::move(strings)));
    if (!numbers.empty()) out.push_back(terms(at.numbers, std::move(numbers)));
    return any_of(std::move(out));
}

Result<json::value> compared(const Condition& condition, const Places& at) {
    const Literal& literal = condition.values.front();
    const std::string_view word = range_word(condition.comparison);
    json::array out;
    if (literal.kind == Kind::string && !at.strings.empty())
        out.push_back(range(at.strings, word, text_value(literal.text)));
    if (literal.kind == Kind::string && !literal.dated && !at.dates.empty())
        out.push_back(range(at.dates, word, text_value(literal.text)));
    if (literal.dated && !at.times.empty())
        out.push_back(time_query(at.times, condition.comparison, literal.time));
    if (literal.kind == Kind::number && !at.numbers.empty()) {
        LECTERN_ASSIGN(json::value number, number_of(literal));
        out.push_back(range(at.numbers, word, std::move(number)));
    }
    return any_of(std::move(out));
}

json::value exists(const Condition& condition, const Places& at) {
    if (condition.field == "committed" || condition.field == "id") return everything();
    if (condition.field == "title") return term("has_title", true);
    return term("has", text_value(at.strings.substr(2)));
}

Result<json::value> condition_query(const Condition& condition, const Kinds& kinds) {
    if (!has_field(kinds, condition.field)) return nothing();
    const Places at = places_of(kinds, condition.field);
    switch (condition.comparison) {
        case Comparison::exists: return exists(condition, at);
        case Comparison::one_of: return one_of(condition, at);
        case Comparison::contains:
        case Comparison::begins: {
            if (at.folded.empty()) return nothing();
            const std::string& text = condition.values.front().folded;
            if (condition.comparison == Comparison::begins)
                return json::value(object_of("prefix", object_of(at.folded, text_value(text))));
            return json::value(
                object_of("wildcard", object_of(at.folded, text_value("*" + escaped(text) + "*"))));
        }
        default: return compared(condition, at);
    }
}

Result<json::value> query_of(const Expression& expression, const Kinds& kinds) {
    if (expression.kind == Expression::Kind::condition)
        return condition_query(expression.condition, kinds);
    json::array operands;
    for (const Expression& operand : expression.operands) {
        LECTERN_ASSIGN(json::value query, query_of(operand, kinds));
        operands.push_back(std::move(query));
    }
    switch (expression.kind) {
        case Expression::Kind::negation: return none_of(std::move(operands.front()));
        case Expression::Kind::all: return all_of(std::move(operands));
        default: return any_of(std::move(operands));
    }
}

// A table of one document that has a value of each kind in each field: it knows what fits, and says
// it in the words of the local index.
filter::Table table_of(const Kinds& kinds) {
    json::object fields;
    for (const auto& [field, held] : kinds) {
        json::array values;
        if (held.contains(Kind::string)) values.emplace_back("x");
        if (held.contains(Kind::number)) values.emplace_back(1);
        if (held.contains(Kind::date)) values.emplace_back("2020-01-01");
        if (held.contains(Kind::boolean)) values.emplace_back(true);
        fields[field] = std::move(values);
    }
    const std::string metadata = json::serialize(fields);
    filter::Table out;
    out.add({"x", "x", metadata, 0, 1, 1});
    return out;
}

// Each condition by itself: what fields hold is known of all documents together, and not of those
// that the conditions before it leave.
// NOLINTNEXTLINE(misc-no-recursion)
Status check_conditions(const filter::Table& table, const Expression& expression,
                        std::vector<std::string>& hints) {
    if (expression.kind != Expression::Kind::condition) {
        for (const Expression& operand : expression.operands)
            LECTERN_TRY(check_conditions(table, operand, hints));
        return {};
    }
    LECTERN_ASSIGN(filter::Selection selection, table.select(expression));
    std::move(selection.hints.begin(), selection.hints.end(), std::back_inserter(hints));
    return {};
}

}  // namespace

std::string field_name(std::string_view field) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string out;
    for (const char c : field) {
        if (plain(c)) {
            out.push_back(c);
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        out.push_back('~');
        out.push_back(digits[byte >> 4U]);
        out.push_back(digits[byte & 15U]);
    }
    return out.empty() ? "~" : out;
}

std::string field_of_name(std::string_view name) {
    std::string out;
    for (std::size_t at = 0; at < name.size(); ++at) {
        unsigned byte = 0;
        if (name[at] == '~' && at + 2 < name.size() &&
            std::from_chars(name.data() + at + 1, name.data() + at + 3, byte, 16).ec ==
                std::errc()) {
            out.push_back(static_cast<char>(byte));
            at += 2;
        } else if (name[at] != '~') {
            out.push_back(name[at]);
        }
    }
    return out;
}

void add_fields(std::string_view metadata, json::object& row) {
    json::array has;
    for (const auto& [field, values] : filter::fields_of(metadata)) {
        const std::string name = field_name(field);
        has.push_back(text_value(name));
        for (const Value& value : values) {
            list_in(row, "v", name).push_back(text_value(to_text(value)));
            switch (value.kind) {
                case Kind::string:
                    list_in(row, "s", name).push_back(text_value(value.text));
                    list_in(row, "f", name).push_back(text_value(text::fold(value.text)));
                    break;
                case Kind::date:
                    list_in(row, "d", name).push_back(text_value(value.text));
                    list_in(row, "f", name).push_back(text_value(text::fold(value.text)));
                    list_in(row, "t", name).emplace_back(value.time);
                    break;
                case Kind::number:
                    list_in(row, "n", name).emplace_back(value.number.nearest);
                    break;
                case Kind::boolean:
                    list_in(row, "b", name).emplace_back(value.number != filter::Number());
                    break;
            }
        }
    }
    if (!has.empty()) row["has"] = std::move(has);
}

Status check_fields(std::string_view metadata) {
    for (const auto& [field, values] : filter::fields_of(metadata))
        for (const Value& value : values)
            if (value.kind == Kind::string && characters(value.text) > longest_value)
                return {Code::unsupported,
                        "the OpenSearch backend keeps values of metadata of at most " +
                            std::to_string(longest_value) + " characters, and '" + field +
                            "' has one of " + std::to_string(characters(value.text))};
    return {};
}

Kinds kinds_of(const json::object& properties) {
    constexpr std::pair<std::string_view, Kind> kept[] = {
        {"s", Kind::string}, {"n", Kind::number}, {"t", Kind::date}, {"b", Kind::boolean}};
    Kinds out;
    for (const auto& [place, kind] : kept) {
        const auto* object = properties.if_contains(place);
        const auto* fields =
            object == nullptr ? nullptr : object->as_object().if_contains("properties");
        if (fields == nullptr) continue;
        for (const auto& field : fields->as_object()) out[field_of_name(field.key())].insert(kind);
    }
    return out;
}

Result<json::value> filter_query(std::string_view filter, const Kinds& kinds,
                                 std::vector<std::string>& hints) {
    LECTERN_ASSIGN(const Expression expression, filter::parse(filter));
    std::vector<std::string> found;
    LECTERN_TRY(check_conditions(table_of(kinds), expression, found));
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    std::move(found.begin(), found.end(), std::back_inserter(hints));
    return query_of(expression, kinds);
}

bool has_field(const Kinds& kinds, std::string_view field) {
    return table_of(kinds).has_field(field);
}

std::string missing_field(const Kinds& kinds, std::string_view field) {
    return table_of(kinds).missing_field(field);
}

std::string facet_field(const Kinds& kinds, std::string_view field) {
    if (field == "id" || field == "title") return std::string(field);
    if (field == "committed") return "committed_day";
    return "v." + stored_name(kinds, field);
}

}  // namespace lectern::corpus::opensearch
