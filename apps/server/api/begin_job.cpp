#include "apps/server/api/begin_job.hpp"

#include <string_view>
#include <utility>

#include "apps/server/http/problem.hpp"

namespace lectern::server {

namespace json = boost::json;

api::Fields optional_fields(const Request& request) {
    return api::Fields(request.body.empty() ? "{}" : std::string_view(request.body));
}

Response begin_job(Service& service, const std::string& kind, const std::string& collection,
                   json::object settings) {
    bool busy = false;
    auto job = service.jobs.start(kind, collection, std::move(settings), busy);
    if (busy) return problem(409, "conflict", job.status().message());
    if (!job && job.status().code() == Code::resource_exhausted)
        return too_many(job.status().message(), 60);
    if (!job) return problem(job.status());
    Response out = json_response(*job, 202);
    out.headers.push_back({"Location", "/collections/" + collection + "/jobs/" +
                                           std::string(job->at("job").as_string())});
    return out;
}

Response begin_job(Service& service, const Call& call, const std::string& kind,
                   json::object settings) {
    const std::string& name = call.value("name");
    if (auto open = service.collections.get(name); !open) return problem(open.status());
    return begin_job(service, kind, name, std::move(settings));
}

Response begin_plain_job(Service& service, const Call& call, const std::string& kind) {
    api::Fields fields = optional_fields(call.request);
    json::object settings;
    take_webhook(service, fields, settings);
    if (const Status bad = fields.done(); !bad.ok()) return problem(bad);
    return begin_job(service, call, kind, std::move(settings));
}

void take_webhook(const Service& service, api::Fields& fields, json::object& settings) {
    if (!fields.has("webhook")) return;
    const std::string url = fields.text("webhook");
    if (const auto found = service.webhooks.rules().find(url))
        settings["webhook"] = url;
    else
        fields.wrong("webhook", "is not taken: " + found.status().message());
}

std::optional<Response> refuse_beside_job(const Service& service, const std::string& collection) {
    for (const json::value& job : service.jobs.list(collection))
        if (job.at("state") == "running")
            return problem(409, "conflict",
                           "the collection '" + collection + "' has a job; wait for its end");
    return {};
}

}  // namespace lectern::server
