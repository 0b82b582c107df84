#include "apps/server/net/request_record.hpp"

#include <algorithm>
#include <string>

#include "api/result_json.hpp"
#include "apps/server/work/log.hpp"

namespace lectern::server {

boost::json::object failure_of(const Response& response) {
    boost::json::object out;
    if (!response.failure) return out;
    out["code"] = response.failure->code;
    if (response.status >= 500) out["detail"] = response.failure->detail;
    return out;
}

std::vector<Span> spans_of(const RequestRecord& record, const Request& request,
                           const Router::Match& match, const Key* key,
                           std::chrono::steady_clock::time_point now,
                           std::chrono::system_clock::time_point wall_now) {
    using Steady = std::chrono::steady_clock;
    const auto at = [&](Steady::time_point time) -> std::int64_t {
        const auto wall = wall_now.time_since_epoch() - (now - time);
        return std::chrono::duration_cast<std::chrono::nanoseconds>(wall).count();
    };
    std::vector<Span> out;
    const auto add = [&](std::string name, std::string parent, Steady::time_point begun,
                         Steady::time_point ended) -> Span& {
        Span& span = out.emplace_back();
        span.trace_id = request.trace_id;
        span.span_id = hexadecimal(random_bytes(8));
        span.parent_id = std::move(parent);
        span.name = std::move(name);
        span.begun = at(begun);
        span.ended = at(std::max(begun, ended));
        return span;
    };
    const std::string method(api::clean(request.method.substr(0, 16)));
    Span& whole = add(method, record.context.parent_id, record.begun, now);
    whole.of_server = true;
    whole.failed = record.status >= 500;
    whole.attributes = {{"http.request.method", method},
                        {"http.response.status_code", record.status}};
    if (match.route != nullptr) {
        whole.name = match.route->method + " " + match.route->pattern;
        whole.attributes["http.route"] = match.route->pattern;
    }
    if (const auto name = match.values.find("name"); name != match.values.end())
        whole.attributes["lectern.collection"] = name->second;
    if (key != nullptr) whole.attributes["lectern.key"] = key->name;
    if (const auto* code = record.failure.if_contains("code"))
        whole.attributes["error.type"] = *code;
    const std::string root = whole.span_id;
    for (const WorkDone& work : record.work) {
        add("wait for " + work.lane, root, work.asked, work.begun);
        const std::string parent = add(work.lane, root, work.begun, work.ended).span_id;
        if (&work != &record.work.back()) continue;
        Steady::time_point begun = work.begun;
        for (const StageTiming& stage : record.observed.stages) {
            const auto busy = std::chrono::duration_cast<Steady::duration>(
                std::chrono::duration<double>(stage.busy_seconds));
            Span& span = add(stage.stage, parent, begun, begun + busy);
            span.attributes = {{"lectern.calls", stage.calls}, {"lectern.items", stage.items}};
            if (stage.tokens > 0) span.attributes["lectern.tokens"] = stage.tokens;
            span.attributes["lectern.wait_seconds"] = stage.wait_seconds;
            begun += busy;
        }
    }
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
    if (state.traces.on() && record.context.sampled && match.route != nullptr &&
        match.route->in_log)
        state.traces.add(spans_of(record, request, match, key, std::chrono::steady_clock::now(),
                                  std::chrono::system_clock::now()));
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
