// Documents: store, read, remove, upload.
#include <functional>
#include <optional>
#include <utility>

#include "api/documents.hpp"
#include "api/fields.hpp"
#include "api/result_json.hpp"
#include "apps/server/api/bulk.hpp"
#include "apps/server/api/documents.hpp"
#include "apps/server/api/service.hpp"
#include "apps/server/http/media_type.hpp"
#include "apps/server/http/problem.hpp"
#include "apps/server/http/sse.hpp"
#include "text/text.hpp"

namespace lectern::server {
namespace {

namespace json = boost::json;

const char* word_for(bool stored, bool replaced) noexcept {
    return !stored ? "unchanged" : replaced ? "replaced" : "created";
}

Response put_document(Service& service, Call& call) {
    if (auto refused = refuse_parameters(call.request)) return std::move(*refused);
    auto value = api::parse_json(call.request.body);
    if (!value) return problem(value.status().within("the body"));
    auto input = api::document_input(std::move(*value), call.value("document"));
    if (!input) return problem(input.status());
    auto open = service.collections.get(call.value("name"));
    if (!open) return problem(open.status());
    Collection& collection = (*open)->collection;

    const std::lock_guard lock((*open)->writing);
    if (const Status bad = call.scope().may_store(collection, *input); !bad.ok())
        return problem(403, "forbidden", bad.message());
    auto before = tag_of(collection, input->id);
    if (!before) return problem(before.status());
    if (!preconditions_hold(call.request, *before)) return precondition_failed();
    auto report = collection.ingest_documents({&*input, 1}, {{}, call.stop});
    if (!report) return problem(report.status());
    call.observed.tokens_in = report->tokens;
    call.observed.stages = std::move(report->stages);
    if (!report->failed.empty())
        return problem(422, "document_refused", report->failed.front().error.message());
    if (report->documents + report->skipped == 0)
        return problem(503, "cancelled", "the server ends; the document was not stored");
    auto after = tag_of(collection, input->id);
    if (!after) return problem(after.status());
    Response out =
        json_response(json::object{{"document", api::clean(input->id)},
                                   {"status", word_for(*before != *after, !before->empty())},
                                   {"chunks", report->chunks},
                                   {"tokens", report->tokens}},
                      before->empty() ? 201 : 200);
    out.headers.push_back({"ETag", *after});
    return out;
}

Response get(Service& service, Call& call) {
    if (auto refused = refuse_parameters(call.request)) return std::move(*refused);
    auto open = service.collections.get(call.value("name"));
    if (!open) return problem(open.status());
    if (const Status bad =
            call.scope().find((*open)->collection, (*open)->name, call.value("document"));
        !bad.ok())
        return problem(bad);
    auto document = (*open)->collection.get(call.value("document"));
    if (!document)
        return problem(no_document(document.status(), call.value("name"), call.value("document")));
    const std::string tag = entity_tag(*document);
    if (!matches(call.request, tag)) return precondition_failed();
    Response out = not_modified(call.request, tag) ? Response{304, "", "", {}}
                                                   : json_response(api::json_of(*document));
    out.headers.push_back({"ETag", tag});
    return out;
}

Response remove(Service& service, Call& call) {
    if (auto refused = refuse_parameters(call.request)) return std::move(*refused);
    auto open = service.collections.get(call.value("name"));
    if (!open) return problem(open.status());
    Collection& collection = (*open)->collection;
    const std::vector<std::string> ids{call.value("document")};
    const std::lock_guard lock((*open)->writing);
    if (const Status bad = call.scope().find(collection, (*open)->name, ids.front()); !bad.ok())
        return problem(bad);
    if (call.request.has_header("If-Match") || call.request.has_header("If-None-Match")) {
        auto tag = tag_of(collection, ids.front());
        if (!tag) return problem(tag.status());
        if (!preconditions_hold(call.request, *tag)) return precondition_failed();
    }
    auto removed = collection.remove(ids);
    if (!removed) return problem(removed.status());
    if (*removed == 0)
        return problem(
            no_document({Code::not_found, ""}, call.value("name"), call.value("document")));
    return {204, "", "", {}};
}

// Ids and titles, in order of id, after a given one; of all or of those with a name.
Response list_documents(Service& service, Call& call) {
    api::Fields fields(call.request.query);
    const std::string after = fields.text("after");
    const std::string name = text::fold(fields.text("name"));
    const std::size_t limit = fields.count("limit", 100, 1, 1000);
    std::string filter = fields.text("filter");
    if (const Status bad = fields.done(); !bad.ok()) return problem(bad);
    const Scope scope = call.scope();
    if (const Status bad = scope.narrow(filter); !bad.ok()) return problem(bad);
    auto open = service.collections.get(call.value("name"));
    if (!open) return problem(open.status());
    const Collection& collection = (*open)->collection;
    json::array documents;
    bool more = false;
    const auto named = [&name](const std::string& words) {
        return text::fold(words).find(name) != std::string::npos;
    };
    const auto add = [&](const Document& document) {
        if (!name.empty() && !named(document.id) && !named(document.title))
            return !call.stop.stop_requested();
        if (documents.size() == limit) return more = true, false;
        documents.push_back(json::object{{"document", api::clean(document.id)},
                                         {"title", api::clean(document.title)},
                                         {"metadata", api::parsed(document.metadata)},
                                         {"bytes", document.text.size()},
                                         {"chunks", document.chunks.size()}});
        return !call.stop.stop_requested();
    };
    const Status done = each_document(collection, filter, after, add);
    if (!done.ok()) return problem(scope.told(done));
    json::object out{{"documents", std::move(documents)}};
    if (more) out["next"] = out["documents"].as_array().back().as_object()["document"];
    return json_response(out);
}

// The bytes of a file; what it is, its name says. Most files are one document, whose id is the
// file's name; of one with many, its rows have ids of their own.
Response store_file(Service& service, Call& call,
                    std::function<void(const IngestProgress&)> progress) {
    if (auto refused = refuse_parameters(call.request)) return std::move(*refused);
    auto open = service.collections.get(call.value("name"));
    if (!open) return problem(open.status());
    Collection& collection = (*open)->collection;
    const std::string& file = call.value("file");

    const std::lock_guard lock((*open)->writing);
    auto before = tag_of(collection, file);
    if (!before) return problem(before.status());
    if (!preconditions_hold(call.request, *before)) return precondition_failed();
    IngestOptions options;
    options.stop = call.stop;
    options.keep_existing = only_new(call.request);
    options.media_type = call.request.header("Content-Type");
    options.progress = std::move(progress);
    auto report = collection.ingest_bytes(file, call.request.body, options);
    if (!report) return problem(report.status());
    call.observed.tokens_in = report->tokens;
    call.observed.stages = report->stages;
    if (report->documents + report->skipped == 0) {
        if (!report->kept.empty()) return precondition_failed();
        // Of a file with many documents some may fail; one that gives nothing at all is refused.
        if (!report->failed.empty())
            return problem(422, "document_refused", report->failed.front().error.message());
        return problem(503, "cancelled", "the server ends; the file was not stored");
    }
    auto after = tag_of(collection, file);
    if (!after) return problem(after.status());
    const bool stored = report->documents > 0;
    const bool replaced = report->replaced > 0;
    json::object result = api::json_of(*report);
    result["document"] = api::clean(file);
    result["status"] = word_for(stored, replaced);
    result["replaced"] = report->replaced;
    json::array kept;
    for (const std::string& id : report->kept) kept.emplace_back(api::clean(id));
    result["kept"] = std::move(kept);
    Response out = json_response(result, stored && !replaced ? 201 : 200);
    if (!after->empty()) out.headers.push_back({"ETag", *after});
    return out;
}

// As events where the header Accept wants them. The first one begins the stream: what fails before
// it is a problem document. A stream has no header for the entity tag of what it has stored.
Response upload(Service& service, Call& call) {
    if (!prefers(call.request.header("Accept"), "text/event-stream", "application/json"))
        return store_file(service, call, {});
    const auto begin = [&call] {
        if (!call.stream.begun()) call.stream.begin("text/event-stream");
    };
    Response stored = store_file(service, call, [&](const IngestProgress& state) {
        begin();
        call.stream.write(event("progress", api::json_of(state)));
    });
    if (stored.failure) {
        if (call.stream.begun()) stored.last_piece = event("error", problem_document(stored));
        return stored;
    }
    begin();
    Response out;
    out.last_piece = event("result", json::parse(stored.body));
    return out;
}

// The name behind the last slash, as RFC 6266 has it: for old clients in ASCII, and whole.
std::string to_be_saved(std::string_view id) {
    const std::size_t slash = id.find_last_of('/');
    if (slash != std::string_view::npos) id.remove_prefix(slash + 1);
    std::string ascii;
    std::string whole;
    constexpr char digits[] = "0123456789ABCDEF";
    for (const char c : id) {
        const auto byte = static_cast<unsigned char>(c);
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                            (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
        ascii += letter || c == ' ' ? c : '_';
        if (letter)
            whole += c;
        else
            whole.append(1, '%').append(1, digits[byte >> 4U]).append(1, digits[byte & 15U]);
    }
    return R"(attachment; filename=")" + ascii + R"("; filename*=UTF-8'')" + whole;
}

// The file that a document was read from. Somebody has sent it: a page of it must not run as one of
// this server's, so it is bytes to be saved whatever it says it is.
Response download(Service& service, Call& call) {
    if (auto refused = refuse_parameters(call.request)) return std::move(*refused);
    auto open = service.collections.get(call.value("name"));
    if (!open) return problem(open.status());
    const std::string& id = call.value("file");
    if (const Status bad = call.scope().find((*open)->collection, (*open)->name, id); !bad.ok())
        return problem(bad);
    auto document = (*open)->collection.get(id);
    if (!document) return problem(no_document(document.status(), call.value("name"), id));
    auto original = (*open)->collection.original(id);
    if (!original) return problem(original.status());
    Response out{200, "application/octet-stream", std::move(*original), {}};
    out.headers = {{"Content-Disposition", to_be_saved(id)},
                   {"Content-Security-Policy", "default-src 'none'; sandbox"},
                   {"Cache-Control", "private, no-cache"}};
    return out;
}

}  // namespace

void add_document_routes(Router& router, Service& service) {
    const auto bound = [&service](Response (*handler)(Service&, Call&)) {
        return [&service, handler](Call& call) { return handler(service, call); };
    };
    const std::string documents = "/collections/{name}/documents";
    const auto open = [&](const char* method, const char* below, Right right, Lane lane,
                          Response (*handler)(Service&, Call&)) {
        router.add(for_tenants({method, documents + below, right, lane, bound(handler)}));
    };
    open("GET", "", Right::read, Lane::read, &list_documents);
    router.add(for_tenants({.method = "POST",
                            .pattern = documents,
                            .right = Right::write,
                            .lane = Lane::ingest,
                            .sink =
                                [&service](const Request& request) {
                                    return wants_job(request) ? make_upload(service, request)
                                                              : make_bulk(service, request);
                                },
                            .body = Body::lines}));
    open("GET", "/{document+}", Right::read, Lane::read, &get);
    open("PUT", "/{document+}", Right::write, Lane::ingest, &put_document);
    open("DELETE", "/{document+}", Right::write, Lane::ingest, &remove);
    router.add(for_tenants(
        {"GET", "/collections/{name}/files/{file+}", Right::read, Lane::read, bound(&download)}));
    // Not for tenants: a file's rows would have to be known before they are stored.
    router.add({.method = "PUT",
                .pattern = "/collections/{name}/files/{file+}",
                .right = Right::write,
                .lane = Lane::ingest,
                .handler = bound(&upload),
                .body = Body::bytes});
}

}  // namespace lectern::server
