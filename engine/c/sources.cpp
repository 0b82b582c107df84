// lectern.h: collections in step with folders.
#include <chrono>
#include <functional>
#include <utility>

#include "api/code_word.hpp"
#include "api/result_json.hpp"
#include "engine/c/handles.hpp"

namespace lectern::c {
namespace {

// What sync and follow have in common.
SyncOptions sync_options(api::Fields& fields, Watch& watching) {
    SyncOptions out;
    for (const std::string& path : fields.texts("paths")) out.paths.emplace_back(path);
    out.include = fields.texts("include");
    out.exclude = fields.texts("exclude");
    out.accept_loss = fields.flag("accept_loss");
    if (watching.wants_events())
        out.progress = [&watching](const IngestProgress& progress) {
            watching.event("progress", api::json_of(progress));
        };
    out.stop = watching.stop();
    return out;
}

}  // namespace
}  // namespace lectern::c

namespace c = lectern::c;
namespace api = lectern::api;
using lectern::Status;

lectern_code lectern_collection_sync(lectern_collection* collection, const char* request,
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
        lectern::SyncOptions options = c::sync_options(*fields, watching);
        options.dry_run = fields->flag("dry_run");
        if (auto bad = c::wrong(*fields); !bad.status.ok()) return bad;
        const auto report = collection->collection->sync(options);
        if (!report) return {report.status()};
        *out = c::text_of(api::json_of(*report));
        return {};
    });
}

lectern_code lectern_collection_follow(lectern_collection* collection, const char* request,
                                       const lectern_watch* watch, lectern_error** error) {
    return c::guarded(error, [&]() -> c::Failure {
        if (collection == nullptr) return c::null("collection");
        std::string place;
        auto fields = c::read_fields(request, place);
        if (!fields) return {fields.status(), place};
        c::Watch watching(watch);
        lectern::SyncOptions options = c::sync_options(*fields, watching);
        constexpr std::uint64_t longest = 86'400'000;
        options.debounce = std::chrono::milliseconds(
            fields->count("debounce_milliseconds",
                          static_cast<std::uint64_t>(options.debounce.count()), 0, longest));
        if (auto bad = c::wrong(*fields); !bad.status.ok()) return bad;
        const auto synced = [&](const lectern::Result<lectern::SyncReport>& report) {
            if (report) return watching.event("synced", api::json_of(*report));
            watching.event("failed",
                           boost::json::object{{"code", api::word(report.status().code())},
                                               {"message", api::clean(report.status().message())}});
        };
        Status ended = collection->collection->watch(options, synced);
        // It ends by being told to.
        if (ended.code() == lectern::Code::cancelled && options.stop.stop_requested()) return {};
        return {std::move(ended)};
    });
}

lectern_code lectern_collection_sources(const lectern_collection* collection, char** out,
                                        lectern_error** error) {
    return c::guarded(error, [&]() -> c::Failure {
        if (out == nullptr) return c::null("place for the sources");
        *out = nullptr;
        if (collection == nullptr) return c::null("collection");
        const auto sources = collection->collection->sources();
        if (!sources) return {sources.status()};
        boost::json::array list;
        for (const lectern::Source& source : *sources) list.push_back(api::json_of(source));
        *out = c::text_of(boost::json::object{{"sources", std::move(list)}});
        return {};
    });
}

lectern_code lectern_collection_add_source(lectern_collection* collection, const char* request,
                                           lectern_error** error) {
    return c::guarded(error, [&]() -> c::Failure {
        if (collection == nullptr) return c::null("collection");
        std::string place;
        auto fields = c::read_fields(request, place);
        if (!fields) return {fields.status(), place};
        const std::string path = fields->text("path");
        if (path.empty()) fields->wrong("path", "must be a file or a folder");
        const auto include = fields->texts("include");
        const auto exclude = fields->texts("exclude");
        if (auto bad = c::wrong(*fields); !bad.status.ok()) return bad;
        return {collection->collection->add_source(path, include, exclude)};
    });
}

lectern_code lectern_collection_remove_source(lectern_collection* collection, const char* path,
                                              uint64_t* documents, lectern_error** error) {
    return c::guarded(error, [&]() -> c::Failure {
        if (documents != nullptr) *documents = 0;
        if (collection == nullptr) return c::null("collection");
        if (path == nullptr) return c::null("path");
        const auto left = collection->collection->remove_source(path);
        if (!left) return {left.status()};
        if (documents != nullptr) *documents = *left;
        return {};
    });
}
