// Collections: list, make, look at, drop; and the plugins.
#include <chrono>
#include <optional>
#include <utility>

#include "api/fields.hpp"
#include "api/result_json.hpp"
#include "apps/server/api/service.hpp"
#include "apps/server/http/problem.hpp"
#include "apps/server/work/jobs.hpp"

namespace lectern::server {
namespace {

namespace json = boost::json;

constexpr std::chrono::seconds longest_wait_for_job{30};

Result<json::object> about(OpenCollection& open) {
    LECTERN_ASSIGN(const Stats stats, open.collection.stats());
    json::object out = api::json_of(stats);
    out["name"] = open.name;
    return out;
}

Response list_collections(Service& service, Call& call) {
    json::array names;
    const auto all = service.collections.list();
    if (!all) return problem(all.status());
    for (const std::string& name : *all) {
        if (!call.may(Right::read, name)) continue;
        json::array rights{"read"};
        if (call.may(Right::write, name)) rights.push_back("write");
        if (call.may(Right::admin, name)) rights.push_back("admin");
        json::object one{{"name", name}, {"rights", std::move(rights)}};
        if (const auto aliases = service.collections.aliases().of(name); !aliases.empty())
            one["aliases"] = json::value_from(aliases);
        names.push_back(std::move(one));
    }
    return json_response(json::object{{"collections", std::move(names)}});
}

struct Settings {
    std::string pipeline;
    std::optional<bool> originals;  // not said: a new collection keeps none
};

Settings settings_of(api::Fields& fields) {
    Settings out{fields.text("pipeline"), {}};
    const bool originals = fields.flag("originals");
    if (fields.any("originals") != nullptr) out.originals = originals;
    return out;
}

Response make(Service& service, Call& call, const std::string& name, const Settings& settings) {
    const std::string& pipeline = settings.pipeline;
    if (!call.may(Right::admin, name))
        return problem(403, "forbidden", "the key does not reach the collection '" + name + "'");
    // A path would let a caller read any file of the server's machine.
    if (!pipeline.empty() && !Collections::valid_name(pipeline))
        return problem(400, "invalid_argument",
                       "the field 'pipeline' must be the name of a pipeline that ships");
    bool exists = false;
    auto made = service.collections.create(name, pipeline, exists);
    if (exists) return problem(409, "conflict", made.status().message());
    if (!made) return problem(made.status());
    if (settings.originals)
        if (const Status bad = (*made)->collection.keep_originals(*settings.originals); !bad.ok()) {
            made = CollectionPointer();  // nobody uses it when it goes again
            (void)service.collections.drop(name);
            return problem(bad);
        }
    auto object = about(**made);
    if (!object) return problem(object.status());
    Response out = json_response(*object, 201);
    out.headers.push_back({"Location", "/collections/" + name});
    return out;
}

Response create(Service& service, Call& call) {
    api::Fields fields(call.request.body);
    const std::string name = fields.text("name");
    const Settings settings = settings_of(fields);
    if (const Status bad = fields.done(); !bad.ok()) return problem(bad);
    return make(service, call, name, settings);
}

Response put_collection(Service& service, Call& call) {
    api::Fields fields(call.request.body.empty() ? "{}" : std::string_view(call.request.body));
    const Settings settings = settings_of(fields);
    const std::string& pipeline = settings.pipeline;
    if (const Status bad = fields.done(); !bad.ok()) return problem(bad);
    // The same again changes nothing.
    auto open = service.collections.get(call.value("name"));
    if (!open && open.status().code() != Code::not_found) return problem(open.status());
    if (open) {
        auto object = about(**open);
        if (!object) return problem(object.status());
        const std::string known(object->at("pipeline").as_string());
        if (!pipeline.empty() && pipeline != known)
            return problem(409, "conflict",
                           "the collection '" + call.value("name") + "' has the pipeline '" +
                               known + "'; change it with a reembed");
        if (!settings.originals) return json_response(*object);
        if (const Status bad = (*open)->collection.keep_originals(*settings.originals); !bad.ok())
            return problem(bad);
        (*object)["keeps_originals"] = *settings.originals;
        return json_response(*object);
    }
    return make(service, call, call.value("name"), settings);
}

Response stats(Service& service, Call& call) {
    auto open = service.collections.get(call.value("name"));
    if (!open) return problem(open.status());
    auto object = about(**open);
    return object ? json_response(*object) : problem(object.status());
}

Response overview(Service& service, Call& call) {
    api::Fields fields(call.request.query);
    OverviewOptions options;
    options.sample = fields.count("sample", options.sample, 1, 2000);
    options.stop = call.stop;
    if (const Status bad = fields.done(); !bad.ok()) return problem(bad);
    auto open = service.collections.get(call.value("name"));
    if (!open) return problem(open.status());
    auto made = (*open)->collection.overview(options);
    return made ? json_response(api::json_of(*made)) : problem(made.status());
}

Response drop(Service& service, Call& call) {
    const std::string& name = call.value("name");
    if (auto refused = refuse_alias(call)) return std::move(*refused);
    if (const auto aliases = service.collections.aliases().of(name); !aliases.empty())
        return problem(409, "conflict",
                       "the alias '" + aliases.front() + "' stands for the collection '" + name +
                           "'; switch it or take it out first (/aliases/" + aliases.front() + ")");
    if (!service.jobs.clear(name, longest_wait_for_job))
        return problem(503, "unavailable",
                       "the collection '" + name + "' has a job that does not end; try again");
    const Status done = service.collections.drop(name);
    if (!done.ok()) return problem(done);
    return {204, "", "", {}};
}

Response plugins(Service& service, Call&) {
    auto found = service.collections.engine().plugins();
    return found ? json_response(api::json_of(*found)) : problem(found.status());
}

}  // namespace

void add_collection_routes(Router& router, Service& service) {
    const auto bound = [&service](Response (*handler)(Service&, Call&)) {
        return [&service, handler](Call& call) { return handler(service, call); };
    };
    router.add(
        for_tenants({"GET", "/collections", Right::read, Lane::read, bound(&list_collections)}));
    router.add({"POST", "/collections", Right::admin, Lane::ingest, bound(&create)});
    router.add({"GET", "/collections/{name}", Right::read, Lane::read, bound(&stats)});
    router.add({"PUT", "/collections/{name}", Right::admin, Lane::ingest, bound(&put_collection)});
    router.add({"DELETE", "/collections/{name}", Right::admin, Lane::ingest, bound(&drop)});
    router.add({"GET", "/collections/{name}/stats", Right::read, Lane::read, bound(&stats)});
    // Reads every document's header, so it does not run among the searches.
    router.add(
        {"GET", "/collections/{name}/overview", Right::read, Lane::ingest, bound(&overview)});
    router.add({"GET", "/plugins", Right::read, Lane::read, bound(&plugins)});
}

}  // namespace lectern::server
