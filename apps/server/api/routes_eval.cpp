// Eval: how well a collection finds what is known to be right, by queries and judgements of the
// request's own.
#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <utility>

#include "api/fields.hpp"
#include "api/requests.hpp"
#include "api/result_json.hpp"
#include "apps/eval/measures/metrics.hpp"
#include "apps/server/api/service.hpp"
#include "apps/server/http/problem.hpp"
#include "apps/shared/percentile.hpp"

namespace lectern::server {
namespace {

namespace json = boost::json;
using evaluation::metric_names;
using evaluation::QueryScores;
using std::chrono::milliseconds;

constexpr std::size_t most_queries = 1000;
constexpr std::size_t most_judgements = 100'000;
constexpr std::int64_t most_relevance = 1000;
constexpr std::size_t usual_depth = 100;  // recall@100 is one of the measures
constexpr std::size_t enough_missing = 20;

struct EvalRequest {
    std::vector<evaluation::Query> queries;
    evaluation::Judgements judgements;
    SearchOptions search;
    bool per_query = false;
};

// [{"id": "1", "text": "…"}, …]
std::vector<evaluation::Query> read_queries(api::Fields& fields) {
    std::vector<evaluation::Query> out;
    const json::value* value = fields.any("queries");
    if (value == nullptr || !value->is_array() || value->get_array().empty())
        return fields.wrong("queries", "must be a list of {\"id\", \"text\"}, one at least"), out;
    const json::array& items = value->get_array();
    if (items.size() > most_queries)
        return fields.wrong("queries", "has " + std::to_string(items.size()) +
                                           " queries; the limit is " +
                                           std::to_string(most_queries)),
               out;
    std::set<std::string> ids;
    for (std::size_t i = 0; i < items.size(); ++i) {
        const std::string where = "queries/" + std::to_string(i);
        if (!items[i].is_object()) return fields.wrong(where, "must be {\"id\", \"text\"}"), out;
        api::Fields query(items[i].get_object());
        evaluation::Query& one = out.emplace_back();
        one.id = query.text("id");
        one.text = query.text("text");
        if (const Status bad = query.done(); !bad.ok())
            return fields.wrong(where, "is wrong: " + std::string(bad.message())), out;
        if (one.id.empty() || !ids.insert(one.id).second)
            return fields.wrong(where, "needs an id that no other query has"), out;
    }
    return out;
}

// {"1": {"document": 1, …}, …}
evaluation::Judgements read_judgements(api::Fields& fields) {
    evaluation::Judgements out;
    const json::value* value = fields.any("qrels");
    if (value == nullptr || !value->is_object() || value->get_object().empty())
        return fields.wrong("qrels",
                            "must be {\"query\": {\"document\": relevance}}, one query at least"),
               out;
    std::size_t count = 0;
    for (const auto& query : value->get_object()) {
        const std::string where = "qrels/" + std::string(query.key());
        if (!query.value().is_object())
            return fields.wrong(where, "must be {\"document\": relevance}"), out;
        auto& judged = out[std::string(query.key())];
        for (const auto& document : query.value().get_object()) {
            const json::value& relevance = document.value();
            if (!relevance.is_int64() || relevance.get_int64() < -most_relevance ||
                relevance.get_int64() > most_relevance)
                return fields.wrong(where + "/" + std::string(document.key()),
                                    "must be a whole number, 1 and more where it is relevant"),
                       out;
            judged[std::string(document.key())] = static_cast<int>(relevance.get_int64());
            if (++count > most_judgements)
                return fields.wrong("qrels", "has more than " + std::to_string(most_judgements) +
                                                 " judgements"),
                       out;
        }
    }
    return out;
}

// A failure when the judgements are of other documents than the collection's.
Status check_ids(const Collection& collection, const evaluation::Judgements& judgements) {
    std::string missing;
    std::size_t looked = 0;
    for (const auto& [query, judged] : judgements)
        for (const auto& [document, relevance] : judged) {
            if (relevance <= 0) continue;
            if (looked++ >= enough_missing) break;
            if (collection.get(document).ok()) return {};
            if (missing.empty()) missing = document;
        }
    if (missing.empty()) return {};
    return {Code::invalid_argument,
            "none of the judged documents is in the collection (the first: '" + missing +
                "'); the judgements must use its ids"};
}

// Those without judgements are left out: they cannot be measured.
Result<evaluation::Run> search_all(const Collection& collection, const EvalRequest& eval_request,
                                   std::stop_token stop, milliseconds longest,
                                   std::vector<double>& took) {
    const auto end = std::chrono::steady_clock::now() + longest;
    evaluation::Run run;
    SearchOptions options = eval_request.search;
    options.plain = true;  // queries of test collections are prose
    options.stop = std::move(stop);
    for (const evaluation::Query& query : eval_request.queries) {
        if (!eval_request.judgements.contains(query.id)) continue;
        options.deadline = std::max(milliseconds(1), std::chrono::duration_cast<milliseconds>(
                                                         end - std::chrono::steady_clock::now()));
        auto result = collection.search(query.text, options);
        if (!result) return result.status().within("query '" + query.id + "'");
        auto& found = run[query.id];
        for (Hit& hit : result->hits) found.push_back({std::move(hit.document), hit.score});
        took.push_back(result->timing.milliseconds);
    }
    return run;
}

json::object named(const evaluation::Scores& scores) {
    json::object out;
    for (std::size_t m = 0; m < scores.size(); ++m) out[metric_names[m]] = scores[m];
    return out;
}

Response eval(Service& service, Call& call) {
    api::Fields fields(call.request.body);
    const Limits& limits = service.options.limits;
    EvalRequest eval_request;
    eval_request.queries = read_queries(fields);
    eval_request.judgements = read_judgements(fields);
    api::read_ranking(fields, eval_request.search);
    eval_request.search.filter = fields.text("filter");
    eval_request.search.k = fields.count("k", std::min(usual_depth, limits.k), 1, limits.k);
    eval_request.per_query = fields.flag("per_query");
    const milliseconds longest = *api::read_deadline(fields, limits.answer_time);
    if (const Status bad = fields.done(); !bad.ok()) return problem(bad);
    auto open = service.collections.get(call.value("name"));
    if (!open) return problem(open.status());
    const Collection& collection = (*open)->collection;

    // Only of the queries that are there: the rest of a larger set is no result of this one.
    std::set<std::string> asked;
    for (const evaluation::Query& query : eval_request.queries) asked.insert(query.id);
    std::erase_if(eval_request.judgements,
                  [&](const auto& entry) { return !asked.contains(entry.first); });
    if (eval_request.judgements.empty())
        return problem({Code::invalid_argument, "'qrels' judges none of the queries"});
    if (const Status bad = check_ids(collection, eval_request.judgements); !bad.ok())
        return problem(bad);
    std::vector<double> took;
    const auto run = search_all(collection, eval_request, call.stop, longest, took);
    if (!run) return problem(run.status());
    const std::vector<QueryScores> scores = evaluation::score(*run, eval_request.judgements);
    json::object out{{"queries", scores.size()},
                     {"unjudged", eval_request.queries.size() - scores.size()},
                     {"metrics", named(evaluation::mean(scores))},
                     {"search_milliseconds", json::object{{"p50", app::percentile(took, 0.50)},
                                                          {"p95", app::percentile(took, 0.95)}}}};
    if (eval_request.per_query) {
        json::array rows;
        for (const QueryScores& query : scores) {
            json::object row{{"query", api::clean(query.query)}};
            for (auto& item : named(query.scores)) row[item.key()] = item.value();
            row["relevant"] = query.relevant;
            row["retrieved"] = query.retrieved;
            rows.push_back(std::move(row));
        }
        out["per_query"] = std::move(rows);
    }
    return json_response(out);
}

}  // namespace

void add_eval_routes(Router& router, Service& service) {
    // Hundreds of searches: they do not run among those that somebody waits for.
    router.add({"POST", "/collections/{name}/eval", Right::read, Lane::ingest,
                [&service](Call& call) { return eval(service, call); }});
}

}  // namespace lectern::server
