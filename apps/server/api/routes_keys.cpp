// Keys: made, listed and taken out over HTTP, by a key that may administer everything.
#include <optional>
#include <string>
#include <utility>

#include "api/fields.hpp"
#include "api/result_json.hpp"
#include "apps/server/api/service.hpp"
#include "apps/server/http/problem.hpp"

namespace lectern::server {
namespace {

namespace json = boost::json;

// Who may make keys could make one for everything.
std::optional<Response> refuse_key_request(const Service& service, const Call& call) {
    if (!service.keys.required())
        return problem(409, "conflict",
                       "the server has no keys; make a first one with 'lectern key', and start it "
                       "with --keys FILE");
    if (call.key != nullptr && !call.key->collections.empty())
        return problem(403, "forbidden",
                       "keys are administered by a key that reaches all collections");
    return {};
}

json::object about(const Key& key) {
    json::object out{
        {"name", api::clean(key.name)}, {"right", name(key.right)}, {"expired", key.expired()}};
    if (!key.collections.empty()) out["collections"] = json::value_from(key.collections);
    if (key.max_concurrent > 0) out["max_concurrent"] = key.max_concurrent;
    if (key.max_per_minute > 0) out["max_per_minute"] = key.max_per_minute;
    if (!key.filter.empty()) out["filter"] = api::clean(key.filter);
    if (!key.expires.empty()) out["expires"] = api::clean(key.expires);
    return out;
}

Response list_keys(Service& service, Call& call) {
    if (auto refused = refuse_key_request(service, call)) return std::move(*refused);
    json::array keys;
    for (const auto& key : service.keys.all()) keys.push_back(about(*key));
    return json_response(json::object{{"keys", std::move(keys)}});
}

Response make_key(Service& service, Call& call) {
    if (auto refused = refuse_key_request(service, call)) return std::move(*refused);
    api::Fields fields(call.request.body);
    Key key;
    key.name = fields.text("name");
    const std::string right = fields.text("right", "read");
    key.collections = fields.texts("collections");
    key.max_concurrent = fields.count("max_concurrent", 0, 1, 1U << 20U);
    key.max_per_minute = fields.count("max_per_minute", 0, 1, 1U << 20U);
    key.filter = fields.text("filter");
    key.expires = fields.text("expires");
    bool known = false;
    for (const Right one : {Right::read, Right::write, Right::admin}) {
        if (name(one) != right) continue;
        key.right = one;
        known = true;
    }
    if (!known) fields.wrong("right", "must be read, write or admin");
    if (key.name.empty()) fields.wrong("name", "must say what the key is called in the log");
    if (fields.has("expires") && key.expires.empty()) fields.wrong("expires", "must be a date");
    if (fields.has("filter") && key.filter.empty()) fields.wrong("filter", "must be a condition");
    // None is no wish for all.
    if (fields.has("collections") && key.collections.empty())
        fields.wrong("collections", "must name one at least; leave it out for all");
    if (const Status bad = fields.done(); !bad.ok()) return problem(bad);
    if (const Status bad = check_key_name(key.name); !bad.ok()) return problem(bad);
    if (const Status bad = check_key(key); !bad.ok()) return problem(bad);
    if (key.expired())
        return problem(400, "invalid_argument",
                       "the field 'expires' must be a time that is to come");
    for (const auto& other : service.keys.all())
        if (other->name == key.name)
            return problem(409, "conflict", "there is a key named '" + key.name + "' already");
    const auto text = service.keys.add(key);
    if (!text) return problem(503, "unavailable", text.status().message());
    json::object out = about(key);
    out["key"] = *text;
    Response response = json_response(out, 201);
    response.headers.push_back({"Cache-Control", "no-store"});
    return response;
}

Response remove_one(Service& service, Call& call) {
    if (auto refused = refuse_key_request(service, call)) return std::move(*refused);
    const std::string& wanted = call.value("key");
    const Status done = service.keys.remove(wanted);
    if (done.code() == Code::not_found)
        return problem(404, "not_found", "there is no key named '" + wanted + "'");
    if (done.code() == Code::invalid_argument) return problem(409, "conflict", done.message());
    if (!done.ok()) return problem(done);
    return {204, "", "", {}};
}

}  // namespace

void add_key_routes(Router& router, Service& service) {
    const auto add = [&](const char* method, const char* path,
                         Response (*handler)(Service&, Call&)) {
        router.add({method, path, Right::admin, Lane::read,
                    [&service, handler](Call& call) { return handler(service, call); }});
    };
    add("GET", "/keys", &list_keys);
    add("POST", "/keys", &make_key);
    add("DELETE", "/keys/{key}", &remove_one);
}

}  // namespace lectern::server
