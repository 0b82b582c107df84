// lectern.h: the care of collections that are not open.
#include <utility>

#include "api/result_json.hpp"
#include "engine/c/handles.hpp"
#include "lectern/backup.hpp"
#include "lectern/copy.hpp"

namespace c = lectern::c;
namespace api = lectern::api;

namespace lectern::c {
namespace {

std::string needed_place(api::Fields& fields, const char* name) {
    std::string value = fields.text(name);
    if (value.empty()) fields.wrong(name, "must be a folder");
    return value;
}

}  // namespace
}  // namespace lectern::c

lectern_code lectern_folder_verify(const char* folder, char** out, lectern_error** error) {
    return c::guarded(error, [&]() -> c::Failure {
        if (out == nullptr) return c::null("place for the report");
        *out = nullptr;
        if (folder == nullptr) return c::null("folder");
        const auto report = lectern::Collection::verify(folder);
        if (!report) return {report.status()};
        *out = c::text_of(api::json_of(*report));
        return {};
    });
}

lectern_code lectern_folder_repair(const char* folder, char** out, lectern_error** error) {
    return c::guarded(error, [&]() -> c::Failure {
        if (out == nullptr) return c::null("place for the report");
        *out = nullptr;
        if (folder == nullptr) return c::null("folder");
        const auto report = lectern::Collection::repair(folder);
        if (!report) return {report.status()};
        *out =
            c::text_of(boost::json::object{{"found", api::json_of(report->found)},
                                           {"lost", api::json_of(report->lost)},
                                           {"documents", report->documents},
                                           {"chunks", report->chunks},
                                           {"store_rebuilt", report->store_rebuilt},
                                           {"index_files", report->index_files},
                                           {"kept_aside", api::clean(report->kept_aside.string())},
                                           {"seconds", report->seconds}});
        return {};
    });
}

lectern_code lectern_folder_backups(const char* folder, char** out, lectern_error** error) {
    return c::guarded(error, [&]() -> c::Failure {
        if (out == nullptr) return c::null("place for the backups");
        *out = nullptr;
        if (folder == nullptr) return c::null("folder");
        const auto backups = lectern::Collection::backups(folder);
        if (!backups) return {backups.status()};
        boost::json::array list;
        for (const lectern::BackupInfo& backup : *backups) list.push_back(api::json_of(backup));
        *out = c::text_of(boost::json::object{{"backups", std::move(list)}});
        return {};
    });
}

lectern_code lectern_folder_restore(const char* request, char** out, lectern_error** error) {
    return c::guarded(error, [&]() -> c::Failure {
        if (out == nullptr) return c::null("place for the backup");
        *out = nullptr;
        std::string place;
        auto fields = c::read_fields(request, place);
        if (!fields) return {fields.status(), place};
        constexpr std::uint64_t most = 0xFFFFFFFF;
        const std::string folder = c::needed_place(*fields, "folder");
        const std::string to = c::needed_place(*fields, "to");
        const auto id = static_cast<std::uint32_t>(fields->count("id", 0, 0, most));
        if (auto bad = c::wrong(*fields); !bad.status.ok()) return bad;
        const auto backup = lectern::Collection::restore(folder, id, to);
        if (!backup) return {backup.status()};
        *out = c::text_of(api::json_of(*backup));
        return {};
    });
}

lectern_code lectern_folder_delete_backup(const char* folder, uint32_t id, lectern_error** error) {
    return c::guarded(error, [&]() -> c::Failure {
        if (folder == nullptr) return c::null("folder");
        return {lectern::delete_backup(folder, id)};
    });
}

lectern_code lectern_folder_copy(const char* request, const lectern_watch* watch, char** out,
                                 lectern_error** error) {
    return c::guarded(error, [&]() -> c::Failure {
        if (out == nullptr) return c::null("place for the report");
        *out = nullptr;
        std::string place;
        auto fields = c::read_fields(request, place);
        if (!fields) return {fields.status(), place};
        const std::string from = c::needed_place(*fields, "from");
        const std::string to = c::needed_place(*fields, "to");
        c::Watch watching(watch);
        lectern::CopyOptions options;
        options.replace = fields->flag("replace");
        if (auto bad = c::wrong(*fields); !bad.status.ok()) return bad;
        options.stop = watching.stop();
        if (watching.wants_events())
            options.progress = [&watching](const lectern::CopyProgress& state) {
                watching.event("progress",
                               boost::json::object{{"documents", state.documents},
                                                   {"documents_total", state.documents_total},
                                                   {"comparing", state.comparing}});
            };
        const auto report = lectern::copy_collection(from, to, options);
        if (!report) return {report.status()};
        *out = c::text_of(api::json_of(*report));
        return {};
    });
}
