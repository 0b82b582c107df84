#include "apps/server/api/openapi.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <span>
#include <string>
#include <utility>

#include "api/request_fields.hpp"
#include "api/shown.hpp"

namespace lectern::server {
namespace {

namespace json = boost::json;

constexpr std::string_view mark = "x-lectern-fields";
constexpr std::string_view result_mark = "x-lectern-result";

// Objects that have a schema of their own are referred to. As deep as a result.
// NOLINTNEXTLINE(misc-no-recursion)
void refer(json::value& value, bool top) {
    if (json::array* array = value.if_array())
        for (json::value& item : *array) refer(item, false);
    json::object* object = value.if_object();
    if (object == nullptr) return;
    if (const json::value* title = object->if_contains("title");
        title != nullptr && title->is_string() && !top) {
        value = json::object{{"$ref", "#/components/schemas/" + std::string(title->get_string())}};
        return;
    }
    for (auto& item : *object) refer(item.value(), false);
}

// The result that an object names, with what else is said of it.
json::object result_of(json::object& object) {
    json::value out = json_of(api::result_named(object.at(result_mark).as_string()));
    object.erase(result_mark);
    refer(out, true);
    json::object& whole = out.get_object();
    whole.erase("title");
    if (json::value* more = object.if_contains("properties")) {
        for (auto& item : more->as_object())
            whole["properties"].as_object()[item.key()] = std::move(item.value());
        object.erase("properties");
    }
    for (auto& item : object) whole[item.key()] = std::move(item.value());
    return std::move(whole);
}

using Caps = std::span<const api::Limit>;

api::Schema fields_of(const json::object& object, Caps limits) {
    return api::fields_named(object.at(mark).as_string(), api::in_http, limits);
}

bool needs(const api::Schema& schema, const std::string& name) {
    return std::find(schema.required.begin(), schema.required.end(), name) != schema.required.end();
}

// Those of a GET. A list of texts is a parameter that is given several times; other lists are JSON.
json::array parameters_of(const api::Schema& schema) {
    json::array out;
    for (const api::Schema& property : schema.properties) {
        json::object described = json_of(property);
        json::object parameter{
            {"name", property.key}, {"in", "query"}, {"required", needs(schema, property.key)}};
        if (const json::value* text = described.if_contains("description")) {
            parameter["description"] = *text;
            described.erase("description");
        }
        const bool as_json =
            property.is(api::Type::array) && !property.items.front().is(api::Type::string);
        if (as_json)
            parameter["content"] =
                json::object{{"application/json", json::object{{"schema", std::move(described)}}}};
        else
            parameter["schema"] = std::move(described);
        out.push_back(std::move(parameter));
    }
    return out;
}

void fill_in(json::value& value, Caps limits);

// As deep as openapi.json.
// NOLINTNEXTLINE(misc-no-recursion)
void fill_in(json::object& object, Caps limits) {
    for (auto& item : object) {
        json::object* inner = item.value().if_object();
        if (inner != nullptr && inner->contains(result_mark)) {
            item.value() = result_of(*inner);
            continue;
        }
        if (inner == nullptr || !inner->contains(mark)) {
            fill_in(item.value(), limits);
            continue;
        }
        const api::Schema fields = fields_of(*inner, limits);
        inner->erase(mark);
        if (item.key() == "parameters") {
            item.value() = parameters_of(fields);
        } else if (item.key() == "properties") {
            for (const api::Schema& field : fields.properties) (*inner)[field.key] = json_of(field);
        } else {
            json::object whole = json_of(fields);
            for (auto& also : *inner) whole[also.key()] = std::move(also.value());
            item.value() = std::move(whole);
        }
    }
}

// NOLINTNEXTLINE(misc-no-recursion)
void fill_in(json::value& value, Caps limits) {
    if (json::object* object = value.if_object()) return fill_in(*object, limits);
    if (json::array* array = value.if_array())
        for (json::value& item : *array) fill_in(item, limits);
}

// What every response says where requests in a minute are limited; told of those that may be 429.
json::object rate_headers() {
    const auto header = [](std::string_view text, const char* type) {
        return json::object{{"description", text}, {"schema", json::object{{"type", type}}}};
    };
    return {{"RateLimit-Policy",
             header("Where the requests of a minute are limited: how many (q) in how many seconds "
                    "(w).",
                    "string")},
            {"RateLimit",
             header("Where they are: how many are left (r), for how many seconds (t).", "string")},
            {"Retry-After", header("With 429: seconds to wait.", "integer")}};
}

void add_rate_headers(json::object& document) {
    document["components"].as_object()["headers"] = rate_headers();
    json::object refer_to;
    for (const auto& header : rate_headers())
        refer_to[header.key()] =
            json::object{{"$ref", "#/components/headers/" + std::string(header.key())}};
    for (auto& path : document["paths"].as_object())
        for (auto& method : path.value().as_object()) {
            json::object* operation = method.value().if_object();
            if (operation == nullptr || operation->contains("security")) continue;  // public
            if (json::value* refused = operation->at("responses").as_object().if_contains("4XX"))
                refused->as_object()["headers"] = refer_to;
        }
}

}  // namespace

std::string openapi_text(bool keys, const api::SearchLimits& limits) {
    json::value out = json::parse(openapi_paths());
    fill_in(out, api::limits_of(limits));
    add_rate_headers(out.as_object());
    json::array security;
    if (keys)
        for (const char* scheme : {"key", "header"})
            security.push_back(json::object{{scheme, json::array()}});
    out.as_object()["security"] = std::move(security);
    return json::serialize(out);
}

}  // namespace lectern::server
