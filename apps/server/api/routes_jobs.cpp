// Jobs: changing the model, checking, syncing with folders; and looking at them.
#include <utility>

#include "api/fields.hpp"
#include "api/result_json.hpp"
#include "apps/server/api/begin_job.hpp"
#include "apps/server/api/service.hpp"
#include "apps/server/http/problem.hpp"
#include "apps/server/work/job_work.hpp"
#include "apps/server/work/jobs.hpp"

namespace lectern::server {
namespace {

namespace json = boost::json;

Response reembed(Service& service, Call& call) {
    api::Fields fields(call.request.body);
    const std::string pipeline = fields.text("pipeline");
    const bool truncate = fields.flag("truncate");
    // A path would let a caller read any file of the server's machine.
    if (!Collections::valid_name(pipeline))
        fields.wrong("pipeline", "must be the name of a pipeline that ships");
    json::object settings{{"pipeline", pipeline}, {"truncate", truncate}};
    take_webhook(service, fields, settings);
    if (const Status bad = fields.done(); !bad.ok()) return problem(bad);
    return begin_job(service, call, "reembed", std::move(settings));
}

Response verify(Service& service, Call& call) {
    return begin_plain_job(service, call, "verify");
}

Response sync(Service& service, Call& call) {
    api::Fields fields = optional_fields(call.request);
    const auto list = [&](const char* name) {
        json::array out;
        for (std::string& text : fields.texts(name)) out.emplace_back(std::move(text));
        return out;
    };
    json::object settings;
    for (const char* name : {"sources", "include", "exclude"})
        if (json::array texts = list(name); !texts.empty()) settings[name] = std::move(texts);
    settings["dry_run"] = fields.flag("dry_run");
    settings["accept_loss"] = fields.flag("accept_loss");
    take_webhook(service, fields, settings);
    if (const Status bad = fields.done(); !bad.ok()) return problem(bad);
    auto open = service.collections.get(call.value("name"));
    if (!open) return problem(open.status());
    if (auto wanted = sync_options(settings, (*open)->collection, service.sources); !wanted)
        return problem(400, "invalid_argument", wanted.status().message());
    return begin_job(service, call, "sync", std::move(settings));
}

Response sources(Service& service, Call& call) {
    auto open = service.collections.get(call.value("name"));
    if (!open) return problem(open.status());
    const auto all = (*open)->collection.sources();
    if (!all) return problem(all.status());
    json::array list;
    for (const Source& source : *all) list.push_back(api::json_of(source));
    return json_response(json::object{{"sources", std::move(list)}});
}

Response rename(Service& service, Call& call) {
    const std::string& from = call.value("name");
    if (auto refused = refuse_alias(call)) return std::move(*refused);
    api::Fields fields(call.request.body);
    const std::string to = fields.text("to");
    if (!Collections::valid_name(to))
        fields.wrong("to", "must be a collection's name: letters, digits, '-' and '_'");
    if (const Status bad = fields.done(); !bad.ok()) return problem(bad);
    if (!call.may(Right::admin, to))
        return problem(403, "forbidden", "the key does not reach the collection '" + to + "'");
    if (auto refused = refuse_beside_job(service, from)) return std::move(*refused);
    bool exists = false;
    const Status done = service.collections.rename(from, to, exists);
    if (exists) return problem(409, "conflict", done.message());
    if (!done.ok()) return problem(done);
    Response out = json_response(json::object{{"name", to}, {"was", from}});
    out.headers.push_back({"Location", "/collections/" + to});
    return out;
}

Response list_jobs(Service& service, Call& call) {
    if (auto open = service.collections.get(call.value("name")); !open)
        return problem(open.status());
    return json_response(json::object{{"jobs", service.jobs.list(call.value("name"))}});
}

Response no_such(const Call& call) {
    return problem(404, "not_found",
                   "the collection '" + call.value("name") + "' has no job '" + call.value("job") +
                       "'; what has ended is kept until the server does");
}

Response look(Service& service, Call& call) {
    const auto job = service.jobs.find(call.value("name"), call.value("job"));
    return job ? json_response(*job) : no_such(call);
}

Response cancel(Service& service, Call& call) {
    const auto job = service.jobs.cancel(call.value("name"), call.value("job"));
    if (!job) return no_such(call);
    // It ends when it looks up from its work.
    return json_response(*job, job->at("state") == "running" ? 202 : 200);
}

}  // namespace

void add_job_routes(Router& router, Service& service) {
    const auto add = [&](const char* method, const char* below, Lane lane,
                         Response (*handler)(Service&, Call&)) {
        router.add({method, std::string("/collections/{name}/") + below, Right::admin, lane,
                    [&service, handler](Call& call) { return handler(service, call); }});
    };
    add("POST", "reembed", Lane::ingest, &reembed);
    add("POST", "verify", Lane::ingest, &verify);
    add("POST", "sync", Lane::ingest, &sync);
    add("GET", "sources", Lane::read, &sources);
    add("POST", "rename", Lane::ingest, &rename);
    add("GET", "jobs", Lane::read, &list_jobs);
    add("GET", "jobs/{job}", Lane::read, &look);
    add("DELETE", "jobs/{job}", Lane::read, &cancel);
}

}  // namespace lectern::server
