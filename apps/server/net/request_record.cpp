#include "apps/server/net/request_record.hpp"

#include <string>

#include "api/result_json.hpp"
#include "apps/server/net/log.hpp"

namespace lectern::server {

boost::json::object failure_of(const Response& response) {
    boost::json::object out;
    if (response.content_type != "application/problem+json") return out;
    const boost::json::object problem = boost::json::parse(response.body).as_object();
    out["code"] = problem.at("code");
    if (response.status >= 500) out["detail"] = problem.at("detail");
    return out;
}

void note(const RequestRecord& record, const Request& request, const Router::Match& match,
          const Key* key, ServerState& state) {
    const double took =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - record.begun).count();
    const std::string route = match.route == nullptr ? "" : match.route->pattern;
    state.metrics.request(match.route == nullptr ? "" : match.route->method, route, record.status,
                          took);
    state.metrics.stages(record.observed.stages);
    state.metrics.tokens(record.observed.tokens_in, record.observed.tokens_out);
    boost::json::object line{{"trace_id", request.trace_id},
                             {"method", api::clean(request.method.substr(0, 16))},
                             {"route", route},
                             {"status", record.status},
                             {"milliseconds", took * 1e3},
                             {"bytes_in", record.received},
                             {"bytes_out", record.sent}};
    if (const auto name = match.values.find("name"); name != match.values.end())
        line["collection"] = api::clean(name->second);
    if (key != nullptr) line["key"] = api::clean(key->name);
    for (const auto& [name, value] : record.failure) line[name] = value;
    if (state.options.access_log && (match.route == nullptr || match.route->in_log))
        log_line(record.status >= 500 ? LogLevel::warning : LogLevel::info, "request", line);
    const auto slow = std::chrono::duration<double>(state.options.slow).count();
    if (slow <= 0 || took < slow || record.observed.stages.empty()) return;
    line["stages"] = api::json_of(record.observed.stages);
    if (state.options.log_queries) line["query"] = api::clean(record.observed.query);
    log_line(LogLevel::warning, "slow request", line);
}

}  // namespace lectern::server
