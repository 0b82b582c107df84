// Search, ask and summarize.
#include <functional>
#include <utility>

#include "apps/server/fields.hpp"
#include "apps/server/http/problem.hpp"
#include "apps/server/service.hpp"
#include "apps/server/sse.hpp"
#include "apps/shared/result_json.hpp"

namespace lectern::server {
namespace {

namespace json = boost::json;
using std::chrono::milliseconds;

milliseconds deadline_of(Fields& fields, milliseconds longest) {
    const auto most = static_cast<std::uint64_t>(longest.count());
    return milliseconds(fields.count("deadline_milliseconds", most, 1, most));
}

// GET's parameters as the fields of POST.
Fields fields_of(const Request& request, std::string_view text_field) {
    if (request.method == "POST") return Fields(request.body);
    json::object object;
    for (const auto& [name, value] : request.query) {
        auto number = parse_json(value);
        const bool plain =
            name == text_field || !number || !(number->is_int64() || number->is_bool());
        object[name] = plain ? json::value(value) : *number;
    }
    return Fields(std::move(object));
}

// What was embedded for the query: the first stage that counts tokens is its tokenizer.
std::uint64_t query_tokens(const std::vector<StageTiming>& stages) {
    for (const StageTiming& stage : stages)
        if (stage.tokens > 0) return stage.tokens;
    return 0;
}

void read_mode(Fields& fields, SearchOptions& options) {
    const std::string mode = fields.text("mode");
    if (mode.empty()) return;
    for (const SearchMode one : {SearchMode::hybrid, SearchMode::dense, SearchMode::lexical})
        if (name(one) == mode) options.mode = one;
    if (!options.mode) fields.wrong("mode", "must be hybrid, dense or lexical");
}

Response search(Service& service, Call& call) {
    Fields fields = fields_of(call.request, "query");
    SearchOptions options;
    const std::string query = fields.text("query");
    read_mode(fields, options);
    options.k = fields.count("k", options.k, 1, service.options.limits.k);
    options.chunks = fields.flag("chunks");
    options.filter = fields.text("filter");
    options.facets = fields.texts("facets");
    options.sort = fields.text("sort");
    const bool explain = fields.flag("explain");
    options.deadline = deadline_of(fields, service.options.limits.search_time);
    options.stop = call.stop;
    if (const Status bad = fields.done(); !bad.ok()) return problem(bad);
    auto open = service.collections.get(call.value("name"));
    if (!open) return problem(open.status());
    call.observed.query = query;
    auto result = (*open)->collection.search(query, options);
    if (!result) return problem(result.status());
    json::object out = app::json_of(*result);
    if (explain) out["stages"] = app::json_of(result->timing.stages);
    call.observed.tokens_in = query_tokens(result->timing.stages);
    call.observed.stages = std::move(result->timing.stages);
    if (!result->hits.empty() && result->hits.front().dense_score)
        service.recall.offer(*open, query);
    return json_response(out);
}

// What ask and summarize share: the result as one JSON object, or as server-sent events where the
// request wants them. The first event begins the stream: what fails before it is a problem
// document.
class Reply {
 public:
    Reply(Call& call, Fields& fields)
        : call_(call),
          explain_(fields.flag("explain")),
          streams_(
              fields.flag("stream", lists(call.request.header("Accept"), "text/event-stream"))) {}

    [[nodiscard]] bool streams() const { return streams_; }
    void send(std::string_view name, const json::value& data) const {
        if (!call_.stream.begun()) call_.stream.begin("text/event-stream");
        call_.stream.write(event(name, data));
    }
    [[nodiscard]] std::function<void(std::string_view)> text() const {
        if (!streams_) return {};
        return [this](std::string_view piece) {
            send("text", json::object{{"text", app::clean(piece)}});
        };
    }
    [[nodiscard]] Response failed(const Status& status) const {
        Response response = problem(status);
        if (call_.stream.begun()) send("error", json::parse(response.body));
        return response;
    }
    // `event_name`: of the last event, which holds the whole result.
    [[nodiscard]] Response done(std::string_view event_name, json::object out,
                                std::uint64_t generated_tokens, Timing timing) const {
        if (explain_) out["stages"] = app::json_of(timing.stages);
        call_.observed.tokens_in = query_tokens(timing.stages);
        call_.observed.tokens_out = generated_tokens;
        call_.observed.stages = std::move(timing.stages);
        if (!streams_) return json_response(out);
        send(event_name, out);
        return {};
    }

 private:
    Call& call_;
    bool explain_;
    bool streams_;
};

Response ask(Service& service, Call& call) {
    Fields fields = fields_of(call.request, "question");
    AskOptions options;
    const std::string question = fields.text("question");
    options.extractive = fields.flag("extractive");
    options.filter = fields.text("filter");
    const Reply reply(call, fields);
    options.deadline = deadline_of(fields, service.options.limits.answer_time);
    options.stop = call.stop;
    if (const Status bad = fields.done(); !bad.ok()) return problem(bad);
    auto open = service.collections.get(call.value("name"));
    if (!open) return problem(open.status());
    call.observed.query = question;
    options.on_text = reply.text();
    if (reply.streams())
        options.on_evidence = [&reply](std::span<const Citation> evidence) {
            json::array items;
            for (const Citation& item : evidence) items.push_back(app::json_of(item));
            reply.send("evidence", json::object{{"evidence", std::move(items)}});
        };
    auto answer = (*open)->collection.ask(question, options);
    if (!answer) return reply.failed(answer.status());
    return reply.done("answer", app::json_of(*answer), answer->generated_tokens,
                      std::move(answer->timing));
}

Response summarize(Service& service, Call& call) {
    Fields fields = fields_of(call.request, "document");
    SummarizeOptions options;
    const std::string document = fields.text("document");
    options.extractive = fields.flag("extractive");
    const Reply reply(call, fields);
    options.deadline = deadline_of(fields, service.options.limits.answer_time);
    options.stop = call.stop;
    if (const Status bad = fields.done(); !bad.ok()) return problem(bad);
    auto open = service.collections.get(call.value("name"));
    if (!open) return problem(open.status());
    options.on_text = reply.text();
    auto summary = (*open)->collection.summarize(document, options);
    if (!summary) return reply.failed(summary.status());
    return reply.done("summary", app::json_of(document, *summary), summary->generated_tokens,
                      std::move(summary->timing));
}

}  // namespace

Response json_response(const json::value& value, unsigned status) {
    return {status, "application/json", json::serialize(value), {}};
}

void add_query_routes(Router& router, Service& service) {
    for (const char* method : {"GET", "POST"}) {
        router.add({method, "/collections/{name}/search", Right::read, Lane::read,
                    [&service](Call& call) { return search(service, call); }});
        router.add({method, "/collections/{name}/ask", Right::read, Lane::ask,
                    [&service](Call& call) { return ask(service, call); }});
        router.add({method, "/collections/{name}/summarize", Right::read, Lane::ask,
                    [&service](Call& call) { return summarize(service, call); }});
    }
}

}  // namespace lectern::server
