// What fulfils a filter: how many documents, and away with them; and a document's metadata.
#include <algorithm>
#include <span>
#include <utility>

#include "api/fields.hpp"
#include "api/result_json.hpp"
#include "apps/server/api/documents.hpp"
#include "apps/server/api/service.hpp"
#include "apps/server/http/problem.hpp"
#include "lectern/patch.hpp"

namespace lectern::server {
namespace {

namespace json = boost::json;

constexpr std::size_t removed_at_once = 1000;  // so that a search need not wait long

json::array texts(const std::vector<std::string>& list) {
    json::array out;
    for (const std::string& text : list) out.emplace_back(api::clean(text));
    return out;
}

Response count(Service& service, Call& call) {
    api::Fields fields = call.request.method == "POST" && !call.request.body.empty()
                             ? api::Fields(call.request.body)
                             : api::Fields(call.request.query);
    std::string filter = fields.text("filter");
    if (const Status bad = fields.done(); !bad.ok()) return problem(bad);
    const Scope scope = call.scope();
    if (const Status bad = scope.narrow(filter); !bad.ok()) return problem(bad);
    auto open = service.collections.get(call.value("name"));
    if (!open) return problem(open.status());
    if (filter.empty()) {
        const auto stats = (*open)->collection.stats();
        if (!stats) return problem(stats.status());
        return json_response(
            json::object{{"documents", stats->documents}, {"hints", json::array()}});
    }
    auto selected = (*open)->collection.select(filter);
    if (!selected) return problem(scope.told(selected.status()));
    scope.hide(selected->hints);
    return json_response(
        json::object{{"documents", selected->documents.size()}, {"hints", texts(selected->hints)}});
}

// In groups: each is gone from every index at once, and one that is broken off between two says
// so, and is sent again.
Response remove_selected(Service& service, Call& call) {
    api::Fields fields(call.request.body);
    std::string filter = fields.text("filter");
    const bool dry = fields.flag("dry_run");
    if (filter.empty())
        fields.wrong("filter", "must be a condition; DELETE /collections/NAME drops everything");
    if (const Status bad = fields.done(); !bad.ok()) return problem(bad);
    auto open = service.collections.get(call.value("name"));
    if (!open) return problem(open.status());
    Collection& collection = (*open)->collection;
    const Scope scope = call.scope();
    if (const Status bad = scope.narrow(filter); !bad.ok()) return problem(bad);
    const std::lock_guard lock((*open)->writing);
    auto selected = collection.select(filter);
    if (!selected) return problem(scope.told(selected.status()));
    scope.hide(selected->hints);
    std::uint64_t removed = dry ? selected->documents.size() : 0;
    std::span<const std::string> left;
    if (!dry) left = selected->documents;
    while (!left.empty()) {
        if (call.stop.stop_requested())
            return problem(503, "cancelled",
                           "the server ends; " + std::to_string(removed) +
                               " documents were removed, and others are left");
        const auto some = left.first(std::min(left.size(), removed_at_once));
        const auto gone = collection.remove(some);
        if (!gone) return problem(gone.status());
        removed += *gone;
        left = left.subspan(some.size());
    }
    return json_response(
        json::object{{"removed", removed}, {"dry_run", dry}, {"hints", texts(selected->hints)}});
}

Response patch(Service& service, Call& call) {
    if (auto refused = refuse_parameters(call.request)) return std::move(*refused);
    api::Fields fields(call.request.body);
    const json::value* metadata = fields.any("metadata");
    if (metadata == nullptr || !metadata->is_object())
        fields.wrong("metadata", "must be an object; null takes a key out");
    if (const Status bad = fields.done(); !bad.ok()) return problem(bad);
    auto open = service.collections.get(call.value("name"));
    if (!open) return problem(open.status());
    Collection& collection = (*open)->collection;
    const std::string& id = call.value("document");

    const std::lock_guard lock((*open)->writing);
    const Scope scope = call.scope();
    if (const Status bad = scope.find(collection, (*open)->name, id); !bad.ok())
        return problem(bad);
    auto before = collection.get(id);
    if (!before) return problem(no_document(before.status(), (*open)->name, id));
    if (!preconditions_hold(call.request, entity_tag(*before))) return precondition_failed();
    const std::string merge_patch = json::serialize(*metadata);
    auto after = merge_metadata(before->metadata, merge_patch);
    if (!after) return problem(after.status());
    // Nobody gives a document away, or takes one from the others.
    if (const Status bad = scope.may_store({id, before->title, {}, std::move(*after)}); !bad.ok())
        return problem(403, "forbidden", bad.message());
    const auto patched = patch_metadata(collection, id, merge_patch);
    if (!patched) return problem(no_document(patched.status(), (*open)->name, id));
    const auto document = collection.get(id);
    if (!document) return problem(document.status());
    Response out = json_response(json::object{{"document", api::clean(id)},
                                              {"status", *patched ? "patched" : "unchanged"},
                                              {"metadata", api::parsed(document->metadata)}});
    out.headers.push_back({"ETag", entity_tag(*document)});
    return out;
}

}  // namespace

void add_filtered_routes(Router& router, Service& service) {
    const auto add = [&](const char* method, const char* below, Right right, Lane lane,
                         Response (*handler)(Service&, Call&)) {
        router.add(
            for_tenants({method, std::string("/collections/{name}/") + below, right, lane,
                         [&service, handler](Call& call) { return handler(service, call); }}));
    };
    for (const char* method : {"GET", "POST"})
        add(method, "count", Right::read, Lane::read, &count);
    add("POST", "delete", Right::write, Lane::ingest, &remove_selected);
    add("PATCH", "documents/{document+}", Right::write, Lane::ingest, &patch);
}

}  // namespace lectern::server
