#include "apps/server/api/reply.hpp"

#include <utility>

#include "api/fields.hpp"
#include "api/request_fields.hpp"
#include "api/result_json.hpp"
#include "apps/server/api/service.hpp"
#include "apps/server/http/problem.hpp"
#include "apps/server/http/sse.hpp"

namespace lectern::server {

namespace json = boost::json;

std::uint64_t query_tokens(const std::vector<StageTiming>& stages) {
    // The first stage that counts tokens is its tokenizer.
    for (const StageTiming& stage : stages)
        if (stage.tokens > 0) return stage.tokens;
    return 0;
}

namespace {
api::Delivery delivery_of(api::Fields& fields) {
    api::Delivery out;
    read(fields, api::delivery_fields(), api::in_http, out);
    return out;
}
}  // namespace

Reply::Reply(Call& call, api::Fields& fields) : call_(call) {
    const api::Delivery wanted = delivery_of(fields);
    explain_ = wanted.explain;
    // What stages took counts others' documents too.
    if (explain_ && !call.scope().whole())
        fields.wrong("explain", "must be false for a key that is bound to a filter");
    streams_ = wanted.stream.value_or(
        prefers(call.request.header("Accept"), "text/event-stream", "application/json"));
}

void Reply::send(std::string_view name, const json::value& data) const {
    if (!call_.stream.begun()) call_.stream.begin("text/event-stream");
    call_.stream.write(event(name, data));
}

std::function<void(std::string_view)> Reply::text() const {
    if (!streams_) return {};
    return [this](std::string_view piece) {
        send("text", json::object{{"text", api::clean(piece)}});
    };
}

Response Reply::failed(const Status& status) const {
    Response response = problem(call_.scope().told(status));
    if (call_.stream.begun()) response.last_piece = event("error", problem_document(response));
    return response;
}

Response Reply::done(std::string_view event_name, json::object out, std::uint64_t generated_tokens,
                     Timing timing) const {
    if (explain_) out["stages"] = api::json_of(timing.stages);
    call_.observed.tokens_in = query_tokens(timing.stages);
    call_.observed.tokens_out = generated_tokens;
    call_.observed.stages = std::move(timing.stages);
    if (!streams_) return json_response(out);
    if (!call_.stream.begun()) call_.stream.begin("text/event-stream");
    Response response;
    response.last_piece = event(event_name, out);
    return response;
}

}  // namespace lectern::server
