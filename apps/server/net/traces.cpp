#include "apps/server/net/traces.hpp"

#include <utility>

#include "api/result_json.hpp"
#include "apps/server/http/outgoing.hpp"
#include "apps/server/work/log.hpp"
#include "lectern/lectern.hpp"

namespace lectern::server {
namespace {

namespace json = boost::json;

constexpr std::chrono::milliseconds longest_export{5000};
constexpr std::chrono::milliseconds last_export{1000};

// Numbers of 64 bits are texts in this protocol.
json::object value_json(const json::value& value) {
    if (const json::string* text = value.if_string()) return {{"stringValue", api::clean(*text)}};
    if (value.is_double()) return {{"doubleValue", value}};
    if (value.is_bool()) return {{"boolValue", value}};
    return {{"intValue", json::serialize(value)}};
}

json::array attributes_json(const json::object& attributes) {
    json::array out;
    for (const auto& [key, value] : attributes)
        out.push_back(json::object{{"key", key}, {"value", value_json(value)}});
    return out;
}

json::object span_json(const Span& span) {
    json::object out{{"traceId", span.trace_id},
                     {"spanId", span.span_id},
                     {"name", api::clean(span.name)},
                     {"kind", span.of_server ? 2 : 1},
                     {"startTimeUnixNano", std::to_string(span.begun)},
                     {"endTimeUnixNano", std::to_string(span.ended)},
                     {"attributes", attributes_json(span.attributes)}};
    if (!span.parent_id.empty()) out["parentSpanId"] = span.parent_id;
    if (span.failed) out["status"] = json::object{{"code", 2}};
    return out;
}

}  // namespace

json::object otlp_json(const std::vector<Span>& spans) {
    json::array list;
    for (const Span& span : spans) list.push_back(span_json(span));
    const json::object server{{"service.name", "lectern"}, {"service.version", version()}};
    return {
        {"resourceSpans",
         json::array{json::object{
             {"resource", json::object{{"attributes", attributes_json(server)}}},
             {"scopeSpans", json::array{json::object{{"scope", json::object{{"name", "lectern"}}},
                                                     {"spans", std::move(list)}}}}}}}};
}

Status Traces::open(const std::string& url) {
    std::string whole = url;
    while (whole.ends_with('/')) whole.pop_back();
    auto to = parse_destination(whole + "/v1/traces");
    if (!to) return to.status().within("--otlp");
    open(
        [to = std::move(*to)](const std::string& body, const std::stop_token& stop) {
            // The last batch has a stop already; it gets a moment of its own.
            const bool last = stop.stop_requested();
            return post(to, {{"Content-Type", "application/json"}}, body,
                        last ? last_export : longest_export, last ? std::stop_token() : stop);
        },
        pause_);
    return {};
}

void Traces::open(Post post, std::chrono::milliseconds pause) {
    post_ = std::move(post);
    pause_ = pause;
    on_ = true;
    thread_ = std::jthread([this](const std::stop_token& stop) { work(stop); });
}

void Traces::add(std::vector<Span> spans) {
    if (!on_) return;
    bool enough = false;
    {
        const std::lock_guard lock(mutex_);
        for (Span& span : spans) {
            if (waiting_.size() >= most_waiting) {
                ++dropped_;
                continue;
            }
            waiting_.push_back(std::move(span));
        }
        enough = waiting_.size() >= batch;
    }
    if (enough) changed_.notify_all();
}

void Traces::end() {
    if (!on_.exchange(false)) return;
    thread_.request_stop();
    thread_.join();
}

void Traces::work(const std::stop_token& stop) {
    while (true) {
        std::vector<Span> spans;
        {
            std::unique_lock lock(mutex_);
            changed_.wait_for(lock, stop, pause_, [this] { return waiting_.size() >= batch; });
            spans.swap(waiting_);
        }
        const bool last = stop.stop_requested();
        if (!spans.empty()) send(spans, stop);
        if (last) return;
    }
}

void Traces::send(const std::vector<Span>& spans, const std::stop_token& stop) {
    const auto status = post_(json::serialize(otlp_json(spans)), stop);
    const bool taken = status && *status >= 200 && *status < 300;
    (taken ? sent_ : dropped_) += spans.size();
    if (taken == !silent_) return;
    silent_ = !taken;
    if (taken)
        log_line(LogLevel::info, "the collector takes traces again");
    else
        log_line(LogLevel::warning,
                 "the collector takes no traces, which are dropped until it does",
                 {{"detail", api::clean(status ? "its response was " + std::to_string(*status)
                                               : std::string(status.status().message()))}});
}

}  // namespace lectern::server
