// lectern.h: the care of collections that are not open.
#include <utility>

#include "api/result_json.hpp"
#include "engine/c/handles.hpp"

namespace c = lectern::c;
namespace api = lectern::api;

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
        const auto needed = [&](const char* name) {
            std::string value = fields->text(name);
            if (value.empty()) fields->wrong(name, "must be a folder");
            return value;
        };
        const std::string folder = needed("folder");
        const std::string to = needed("to");
        const auto id = static_cast<std::uint32_t>(fields->count("id", 0, 0, most));
        if (auto bad = c::wrong(*fields); !bad.status.ok()) return bad;
        const auto backup = lectern::Collection::restore(folder, id, to);
        if (!backup) return {backup.status()};
        *out = c::text_of(api::json_of(*backup));
        return {};
    });
}
