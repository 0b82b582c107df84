// Several searches in one request, and one over several collections.
#include <algorithm>
#include <atomic>
#include <boost/json.hpp>
#include <thread>
#include <utility>
#include <vector>

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

constexpr std::size_t most_searches = 100;
constexpr std::size_t most_at_once = 4;

Response out_of_reach(const std::string& name) {
    return problem(403, "forbidden", "the key does not reach the collection '" + name + "'");
}

// ------------------------------------------------- one list of several collections

Response search_all_of(Service& service, Call& call) {
    api::Fields fields(call.request.body);
    std::vector<std::string> names = fields.texts("collections");
    api::SearchRequest search_request =
        api::read_search(fields, service.options.limits.of_search());
    if (const Status bad = fields.done(); !bad.ok()) return problem(bad);
    if (names.empty()) {
        const auto all = service.collections.list();
        if (!all) return problem(all.status());
        for (const std::string& name : *all)
            if (call.may(Right::read, name)) names.push_back(name);
    }
    std::vector<CollectionPointer> open;
    std::vector<const Collection*> collections;
    for (std::string& name : names) {
        std::string own = service.collections.own_name(name);
        if (!call.may(Right::read, own)) return out_of_reach(name);
        name = std::move(own);
        auto found = service.collections.get(name);
        if (!found) return problem(found.status());
        open.push_back(std::move(*found));
        collections.push_back(&open.back()->collection);
    }
    call.observed.query = search_request.query;
    search_request.options.stop = call.stop;
    const Scope scope = call.scope();
    if (const Status bad = scope.narrow(search_request.options.filter); !bad.ok())
        return problem(bad);
    auto result = search_all(collections, search_request.query, search_request.options);
    if (!result) return problem(scope.told(result.status()));
    scope.hide(result->hints);
    return json_response(api::json_of(*result, names));
}

// ------------------------------------------------------------- several searches

struct Search {
    std::string collection;  // as it was asked for: it may be an alias
    api::SearchRequest search_request;
    json::object result;
};

// The failure names the search by its place.
Result<std::vector<Search>> read_searches(Service& service, Call& call) {
    api::Fields fields(call.request.body);
    const json::value* given = fields.any("searches");
    const json::array* list = given == nullptr ? nullptr : given->if_array();
    if (list == nullptr || list->empty() || list->size() > most_searches)
        fields.wrong("searches",
                     "must be a list of 1 to " + std::to_string(most_searches) + " searches");
    LECTERN_TRY(fields.done());
    std::vector<Search> out;
    for (const json::value& item : *list) {
        const std::string where = "searches/" + std::to_string(out.size());
        if (!item.is_object()) return Status{Code::invalid_argument, where + " must be an object"};
        api::Fields one(item.get_object());
        Search& search = out.emplace_back();
        search.collection = one.text("collection");
        search.search_request = api::read_search(one, service.options.limits.of_search());
        if (search.collection.empty()) one.wrong("collection", "must name a collection");
        if (search.search_request.options.summaries != Summaries::none)
            one.wrong("summarize", "is of a search of its own: POST /collections/NAME/search");
        LECTERN_TRY(one.done().within(where));
        search.search_request.options.stop = call.stop;
    }
    return out;
}

// `why`: a response that tells a failure, or a status.
template <typename Why>
json::object failed(const Why& why) {
    return {{"error", problem_document(why)}};
}

void run(Service& service, const Call& call, Search& search) {
    const std::string name = service.collections.own_name(search.collection);
    if (!call.may(Right::read, name)) {
        search.result = failed(out_of_reach(search.collection));
        return;
    }
    auto open = service.collections.get(name);
    if (!open) {
        search.result = failed(open.status());
        return;
    }
    const Scope scope = call.scope();
    SearchOptions& options = search.search_request.options;
    Status bad = scope.narrow(options.filter);
    if (bad.ok() && !options.similar.empty())
        bad = scope.find((*open)->collection, (*open)->name, options.similar);
    if (!bad.ok()) {
        search.result = failed(bad);
        return;
    }
    auto result = (*open)->collection.search(search.search_request.query, options);
    if (result) scope.hide(result->hints);
    search.result =
        result ? api::json_of(*result)
               : failed(scope.told(no_similar(result.status(), (*open)->name, options.similar)));
}

Response search_each(Service& service, Call& call) {
    auto searches = read_searches(service, call);
    if (!searches) return problem(searches.status());
    // Queries that are embedded at the same time share the embedder's calls.
    std::atomic<std::size_t> next{0};
    const auto work = [&] {
        for (std::size_t i = next++; i < searches->size(); i = next++)
            run(service, call, (*searches)[i]);
    };
    {
        std::vector<std::jthread> others;
        for (std::size_t i = 1; i < std::min(searches->size(), most_at_once); ++i)
            others.emplace_back(work);
        work();
    }
    json::array results;
    for (Search& search : *searches) results.push_back(std::move(search.result));
    return json_response(json::object{{"results", std::move(results)}});
}

}  // namespace

void add_searches_routes(Router& router, Service& service) {
    router.add(for_tenants({"POST", "/search", Right::read, Lane::read,
                            [&service](Call& call) { return search_all_of(service, call); }}));
    router.add(for_tenants({"POST", "/searches", Right::read, Lane::read,
                            [&service](Call& call) { return search_each(service, call); }}));
}

}  // namespace lectern::server
