// Search, ask and summarize.
#include <functional>
#include <utility>

#include "api/fields.hpp"
#include "api/json_text.hpp"
#include "api/requests.hpp"
#include "api/result_json.hpp"
#include "apps/server/api/documents.hpp"
#include "apps/server/api/reply.hpp"
#include "apps/server/api/service.hpp"
#include "apps/server/http/problem.hpp"

namespace lectern::server {
namespace {

namespace json = boost::json;
using api::SearchRequest;

// A GET has the fields of POST as parameters.
api::Fields fields_of(const Request& request) {
    return request.method == "POST" ? api::Fields(request.body) : api::Fields(request.query);
}

Response run_search(Service& service, Call& call, const CollectionPointer& open,
                    const SearchRequest& search_request, const Reply& reply) {
    SearchOptions options = search_request.options;
    options.stop = call.stop;
    const auto send_hits = [&reply](std::span<const Hit> hits) {
        json::array items;
        for (const Hit& hit : hits) items.push_back(api::json_of(hit));
        reply.send("hits", json::object{{"hits", std::move(items)}});
    };
    if (reply.streams()) {
        options.on_hits = send_hits;
        options.on_summary = [&reply](std::size_t hit, std::string_view piece) {
            reply.send("text", json::object{{"hit", hit}, {"text", api::clean(piece)}});
        };
    }
    auto result = open->collection.search(search_request.query, options);
    if (!result) return reply.failed(no_similar(result.status(), open->name, options.similar));
    call.scope().hide(result->hints);
    // Of a search with the query's own vector.
    if (search_request.options.vector.empty() && !result->hits.empty() &&
        result->hits.front().dense_score)
        service.recall.offer(open, search_request.query);
    std::uint64_t generated = 0;
    for (const Summary& summary : result->summaries) generated += summary.generated_tokens;
    return reply.done("result", api::json_of(*result), generated, std::move(result->timing));
}

Response search(Service& service, Call& call) {
    api::Fields fields = fields_of(call.request);
    SearchRequest search_request = api::read_search(fields, service.options.limits.of_search());
    const Reply reply(call, fields);
    if (const Status bad = fields.done(); !bad.ok()) return problem(bad);
    auto open = service.collections.get(call.value("name"));
    if (!open) return problem(open.status());
    call.observed.query = search_request.query;
    const Scope scope = call.scope();
    if (const Status bad = scope.narrow(search_request.options.filter); !bad.ok())
        return problem(bad);
    if (const std::string& like = search_request.options.similar; !like.empty())
        if (const Status bad = scope.find((*open)->collection, (*open)->name, like); !bad.ok())
            return problem(bad);
    if (search_request.options.summaries == Summaries::none)
        return run_search(service, call, *open, search_request, reply);
    // A generator is slow, so it does not run among the searches.
    call.next = Continuation{
        Lane::ask,
        [&service, open = *open, search_request = std::move(search_request), reply](Call& later) {
            return run_search(service, later, open, search_request, reply);
        }};
    return {};
}

Response ask(Service& service, Call& call) {
    api::Fields fields = fields_of(call.request);
    auto [question, options] = api::read_ask(fields, service.options.limits.answer_time);
    const Reply reply(call, fields);
    options.stop = call.stop;
    if (const Status bad = fields.done(); !bad.ok()) return problem(bad);
    auto open = service.collections.get(call.value("name"));
    if (!open) return problem(open.status());
    call.observed.query = question;
    if (const Status bad = call.scope().narrow(options.filter); !bad.ok()) return problem(bad);
    options.on_text = reply.text();
    if (reply.streams())
        options.on_question = [&reply](std::string_view asked) {
            reply.send("question", json::object{{"question", api::clean(asked)}});
        };
    if (reply.streams())
        options.on_evidence = [&reply](std::span<const Citation> evidence) {
            json::array items;
            for (const Citation& item : evidence) items.push_back(api::json_of(item));
            reply.send("evidence", json::object{{"evidence", std::move(items)}});
        };
    auto answer = (*open)->collection.ask(question, options);
    if (!answer) return reply.failed(answer.status());
    call.scope().hide(answer->hints);
    return reply.done("answer", api::json_of(*answer), answer->generated_tokens,
                      std::move(answer->timing));
}

Response summarize(Service& service, Call& call) {
    api::Fields fields = fields_of(call.request);
    auto [document, options] = api::read_summarize(fields, service.options.limits.answer_time);
    const Reply reply(call, fields);
    options.stop = call.stop;
    if (const Status bad = fields.done(); !bad.ok()) return problem(bad);
    auto open = service.collections.get(call.value("name"));
    if (!open) return problem(open.status());
    if (const Status bad = call.scope().find((*open)->collection, (*open)->name, document);
        !bad.ok())
        return problem(bad);
    options.on_text = reply.text();
    auto summary = (*open)->collection.summarize(document, options);
    if (!summary) return reply.failed(no_document(summary.status(), call.value("name"), document));
    return reply.done("summary", api::json_of(document, *summary), summary->generated_tokens,
                      std::move(summary->timing));
}

}  // namespace

Response json_response(const json::value& value, unsigned status) {
    return {status, "application/json", api::json_text(value), {}};
}

void add_query_routes(Router& router, Service& service) {
    for (const char* method : {"GET", "POST"}) {
        router.add(for_tenants({method, "/collections/{name}/search", Right::read, Lane::read,
                                [&service](Call& call) { return search(service, call); }}));
        router.add(for_tenants({method, "/collections/{name}/ask", Right::read, Lane::ask,
                                [&service](Call& call) { return ask(service, call); }}));
        router.add(for_tenants({method, "/collections/{name}/summarize", Right::read, Lane::ask,
                                [&service](Call& call) { return summarize(service, call); }}));
    }
}

}  // namespace lectern::server
