// Aliases: other names of collections, which stand for them in every path.
#include <boost/json.hpp>
#include <utility>

#include "api/fields.hpp"
#include "apps/server/api/service.hpp"
#include "apps/server/http/problem.hpp"

namespace lectern::server {
namespace {

namespace json = boost::json;

json::object alias_object(const std::string& alias, const std::string& collection) {
    return {{"alias", alias}, {"collection", collection}};
}

Response not_reached(const std::string& collection) {
    return problem(403, "forbidden", "the key does not reach the collection '" + collection + "'");
}

// Not by name: the key may not know that there is such a collection.
Response target_not_reached(const std::string& alias) {
    return problem(
        403, "forbidden",
        "the key does not reach the collection that the alias '" + alias + "' stands for");
}

Response list_aliases(Service& service, Call& call) {
    json::array list;
    for (const auto& [alias, collection] : service.collections.aliases().all())
        if (call.may(Right::read, collection)) list.push_back(alias_object(alias, collection));
    return json_response(json::object{{"aliases", std::move(list)}});
}

Response put_alias(Service& service, Call& call) {
    const std::string& alias = call.value("alias");
    api::Fields fields(call.request.body);
    const std::string collection = fields.text("collection");
    if (collection.empty()) fields.wrong("collection", "must name a collection");
    if (const Status bad = fields.done(); !bad.ok()) return problem(bad);
    const std::string was = service.collections.aliases().target(alias);
    // The alias's name too, as that of a new collection: who takes it stands before others there.
    for (const std::string& name : {alias, collection})
        if (!call.may(Right::admin, name)) return not_reached(name);
    if (!was.empty() && !call.may(Right::admin, was)) return target_not_reached(alias);
    bool exists = false;
    const Status done = service.collections.set_alias(alias, collection, exists);
    if (exists) return problem(409, "conflict", done.message());
    if (!done.ok()) return problem(done);
    json::object out = alias_object(alias, collection);
    out["was"] = was.empty() ? json::value() : json::value(json::string(was));
    Response response = json_response(out, was.empty() ? 201 : 200);
    response.headers.push_back({"Location", "/collections/" + alias});
    return response;
}

Response delete_alias(Service& service, Call& call) {
    const std::string& alias = call.value("alias");
    const std::string collection = service.collections.aliases().target(alias);
    // Of an alias that is not there too: a key that does not reach all is not told which there are.
    if (!call.may(Right::admin, collection)) return target_not_reached(alias);
    const Status done = service.collections.remove_alias(alias);
    if (!done.ok()) return problem(done);
    return {204, "", "", {}};
}

}  // namespace

std::optional<Response> refuse_alias(const Call& call) {
    const std::vector<std::string>& segments = call.request.segments;
    const std::string& name = call.value("name");
    if (segments.size() < 2 || segments[1] == name) return {};
    return problem(409, "conflict",
                   "'" + segments[1] + "' is an alias of the collection '" + name +
                       "'; name the collection itself, or use /aliases/" + segments[1]);
}

void add_alias_routes(Router& router, Service& service) {
    const auto bound = [&service](Response (*handler)(Service&, Call&)) {
        return [&service, handler](Call& call) { return handler(service, call); };
    };
    router.add(for_tenants({"GET", "/aliases", Right::read, Lane::read, bound(&list_aliases)}));
    router.add({"PUT", "/aliases/{alias}", Right::admin, Lane::ingest, bound(&put_alias)});
    router.add({"DELETE", "/aliases/{alias}", Right::admin, Lane::ingest, bound(&delete_alias)});
}

}  // namespace lectern::server
