// lectern.h: what changes a collection, and its maintenance.
#include <vector>

#include "api/documents.hpp"
#include "api/result_json.hpp"
#include "engine/c/handles.hpp"
#include "lectern/patch.hpp"

namespace lectern::c {
namespace {

namespace json = boost::json;

Failure read_documents(json::array documents, std::vector<DocumentInput>& out) {
    for (std::size_t i = 0; i < documents.size(); ++i) {
        std::string place;
        auto document = api::document_input(std::move(documents[i]), {}, &place);
        if (!document) {
            const std::string number = std::to_string(i);
            return {document.status().within("document " + number),
                    place.empty() ? number : number + "/" + place};
        }
        out.push_back(std::move(*document));
    }
    return {};
}

// One document, or a list.
Failure read_documents(const char* text, std::vector<DocumentInput>& out) {
    std::size_t bad = 0;
    auto value = api::parse_json(text, &bad);
    if (!value) return {value.status().within("the documents"), "byte " + std::to_string(bad)};
    if (value->is_array()) return read_documents(std::move(value->get_array()), out);
    std::string place;
    auto document = api::document_input(std::move(*value), {}, &place);
    if (!document) return {document.status(), place};
    out.push_back(std::move(*document));
    return {};
}

IngestOptions options_of(Watch& watch) {
    IngestOptions out;
    if (watch.wants_events())
        out.progress = [&watch](const IngestProgress& progress) {
            watch.event("progress", api::json_of(progress));
        };
    out.stop = watch.stop();
    return out;
}

std::function<void(std::uint64_t, std::uint64_t)> progress_of(Watch& watch, const char* what) {
    if (!watch.wants_events()) return {};
    return [&watch, what](std::uint64_t done, std::uint64_t total) {
        watch.event("progress", json::object{{what, done}, {std::string(what) + "_total", total}});
    };
}

// The one text field of a request.
Result<std::string> needed(api::Fields& fields, const char* name) {
    std::string value = fields.text(name);
    if (value.empty()) fields.wrong(name, "must be a string that is not empty");
    LECTERN_TRY(fields.done());
    return value;
}

}  // namespace
}  // namespace lectern::c

namespace c = lectern::c;
namespace api = lectern::api;

lectern_code lectern_collection_ingest(lectern_collection* collection, const char* request,
                                       const lectern_watch* watch, char** out,
                                       lectern_error** error) {
    return c::guarded(error, [&]() -> c::Failure {
        if (out == nullptr) return c::null("place for the report");
        *out = nullptr;
        if (collection == nullptr) return c::null("collection");
        std::string place;
        auto fields = c::read_fields(request, place);
        if (!fields) return {fields.status(), place};
        std::vector<std::filesystem::path> paths;
        for (const std::string& path : fields->texts("paths")) paths.emplace_back(path);
        if (paths.empty()) fields->wrong("paths", "must be a list of files and folders");
        if (auto bad = c::wrong(*fields); !bad.status.ok()) return bad;
        c::Watch watching(watch);
        const auto report = collection->collection->ingest(paths, c::options_of(watching));
        if (!report) return {report.status()};
        *out = c::text_of(api::json_of(*report));
        return {};
    });
}

lectern_code lectern_collection_add(lectern_collection* collection, const char* documents,
                                    const lectern_watch* watch, char** out, lectern_error** error) {
    return c::guarded(error, [&]() -> c::Failure {
        if (out == nullptr) return c::null("place for the report");
        *out = nullptr;
        if (collection == nullptr) return c::null("collection");
        if (documents == nullptr) return c::null("list of documents");
        std::vector<lectern::DocumentInput> inputs;
        if (auto bad = c::read_documents(documents, inputs); !bad.status.ok()) return bad;
        c::Watch watching(watch);
        const auto report =
            collection->collection->ingest_documents(inputs, c::options_of(watching));
        if (!report) return {report.status()};
        *out = c::text_of(api::json_of(*report));
        return {};
    });
}

lectern_code lectern_collection_put(lectern_collection* collection, const char* request,
                                    const lectern_watch* watch, char** out, lectern_error** error) {
    return c::guarded(error, [&]() -> c::Failure {
        if (out == nullptr) return c::null("place for the report");
        *out = nullptr;
        if (collection == nullptr) return c::null("collection");
        std::string place;
        auto fields = c::read_fields(request, place);
        if (!fields) return {fields.status(), place};
        std::vector<lectern::DocumentInput> inputs;
        if (const auto* documents = fields->any("documents");
            documents != nullptr && documents->is_array()) {
            auto bad = c::read_documents(documents->get_array(), inputs);
            if (!bad.status.ok()) return {std::move(bad.status), "documents/" + bad.place};
        } else {
            fields->wrong("documents", "must be a list of documents");
        }
        c::Watch watching(watch);
        lectern::IngestOptions options = c::options_of(watching);
        options.keep_existing = fields->flag("keep_existing");
        if (auto bad = c::wrong(*fields); !bad.status.ok()) return bad;
        const auto report = collection->collection->ingest_documents(inputs, options);
        if (!report) return {report.status()};
        auto result = api::json_of(*report);
        boost::json::array kept;
        for (const std::string& id : report->kept) kept.push_back(api::clean(id));
        result["kept"] = std::move(kept);
        result["replaced"] = report->replaced;
        *out = c::text_of(result);
        return {};
    });
}

lectern_code lectern_collection_add_bytes(lectern_collection* collection, const char* name,
                                          const void* bytes, uint64_t size,
                                          const lectern_watch* watch, char** out,
                                          lectern_error** error) {
    return c::guarded(error, [&]() -> c::Failure {
        if (out == nullptr) return c::null("place for the report");
        *out = nullptr;
        if (collection == nullptr) return c::null("collection");
        if (name == nullptr) return c::null("name");
        if (bytes == nullptr && size > 0) return c::null("place of the bytes");
        c::Watch watching(watch);
        const std::string_view all(static_cast<const char*>(bytes), size);
        const auto report =
            collection->collection->ingest_bytes(name, all, c::options_of(watching));
        if (!report) return {report.status()};
        *out = c::text_of(api::json_of(*report));
        return {};
    });
}

lectern_code lectern_collection_remove(lectern_collection* collection, const char* const* ids,
                                       uint64_t count, uint64_t* removed, lectern_error** error) {
    return c::guarded(error, [&]() -> c::Failure {
        if (removed != nullptr) *removed = 0;
        if (collection == nullptr) return c::null("collection");
        if (ids == nullptr && count > 0) return c::null("list of ids");
        std::vector<std::string> copied;
        for (std::uint64_t i = 0; i < count; ++i) {
            if (ids[i] == nullptr) return c::null("id " + std::to_string(i));
            copied.emplace_back(ids[i]);
        }
        const auto gone = collection->collection->remove(copied);
        if (!gone) return {gone.status()};
        if (removed != nullptr) *removed = *gone;
        return {};
    });
}

lectern_code lectern_collection_patch_metadata(lectern_collection* collection, const char* id,
                                               const char* merge_patch, int32_t* changed,
                                               lectern_error** error) {
    return c::guarded(error, [&]() -> c::Failure {
        if (changed != nullptr) *changed = 0;
        if (collection == nullptr) return c::null("collection");
        if (id == nullptr) return c::null("id");
        if (merge_patch == nullptr) return c::null("merge patch");
        const auto done = lectern::patch_metadata(*collection->collection, id, merge_patch);
        if (!done) return {done.status()};
        if (changed != nullptr) *changed = *done ? 1 : 0;
        return {};
    });
}

lectern_code lectern_collection_reembed(lectern_collection* collection, const char* request,
                                        const lectern_watch* watch, char** out,
                                        lectern_error** error) {
    return c::guarded(error, [&]() -> c::Failure {
        if (out == nullptr) return c::null("place for the report");
        *out = nullptr;
        if (collection == nullptr) return c::null("collection");
        std::string place;
        auto fields = c::read_fields(request, place);
        if (!fields) return {fields.status(), place};
        c::Watch watching(watch);
        lectern::ReembedOptions options;
        options.truncate = fields->flag("truncate");
        const auto pipeline = c::needed(*fields, "pipeline");
        if (!pipeline) return c::wrong(*fields);
        if (watching.wants_events())
            options.progress = [&watching](const lectern::ReembedProgress& progress) {
                watching.event("progress", api::json_of(progress));
            };
        options.stop = watching.stop();
        const auto report = collection->collection->reembed(*pipeline, options);
        if (!report) return {report.status()};
        *out = c::text_of(api::json_of(*report));
        return {};
    });
}

lectern_code lectern_collection_verify(const lectern_collection* collection,
                                       const lectern_watch* watch, char** out,
                                       lectern_error** error) {
    return c::guarded(error, [&]() -> c::Failure {
        if (out == nullptr) return c::null("place for the report");
        *out = nullptr;
        if (collection == nullptr) return c::null("collection");
        c::Watch watching(watch);
        const auto report = collection->collection->verify(
            {c::progress_of(watching, "documents"), watching.stop()});
        if (!report) return {report.status()};
        *out = c::text_of(api::json_of(*report));
        return {};
    });
}

lectern_code lectern_collection_backup(const lectern_collection* collection, const char* request,
                                       const lectern_watch* watch, char** out,
                                       lectern_error** error) {
    return c::guarded(error, [&]() -> c::Failure {
        if (out == nullptr) return c::null("place for the report");
        *out = nullptr;
        if (collection == nullptr) return c::null("collection");
        std::string place;
        auto fields = c::read_fields(request, place);
        if (!fields) return {fields.status(), place};
        const auto folder = c::needed(*fields, "folder");
        if (!folder) return c::wrong(*fields);
        c::Watch watching(watch);
        const auto backup = collection->collection->backup(
            *folder, {c::progress_of(watching, "bytes"), watching.stop()});
        if (!backup) return {backup.status()};
        *out = c::text_of(api::json_of(*backup));
        return {};
    });
}

lectern_code lectern_collection_flush(lectern_collection* collection, lectern_error** error) {
    return c::guarded(error, [&]() -> c::Failure {
        if (collection == nullptr) return c::null("collection");
        return {collection->collection->flush()};
    });
}
