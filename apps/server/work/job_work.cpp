#include "apps/server/work/job_work.hpp"

#include <string>
#include <system_error>
#include <utility>

#include "api/result_json.hpp"

namespace lectern::server {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

std::string text_of(const json::object& settings, std::string_view name) {
    const json::value* value = settings.if_contains(name);
    return value != nullptr && value->is_string() ? std::string(value->get_string()) : "";
}

bool flag_of(const json::object& settings, std::string_view name) {
    const json::value* value = settings.if_contains(name);
    return value != nullptr && value->is_bool() && value->get_bool();
}

Result<json::object> reembed(OpenCollection& open, const json::object& settings, JobFace& face) {
    ReembedOptions options;
    options.truncate = flag_of(settings, "truncate");
    options.stop = face.stop();
    options.progress = [&face](const ReembedProgress& state) {
        face.progress(state.chunks, state.chunks_total);
    };
    LECTERN_ASSIGN(const ReembedReport report,
                   open.collection.reembed(text_of(settings, "pipeline"), options));
    return api::json_of(report);
}

Result<json::object> verify(OpenCollection& open, JobFace& face) {
    VerifyOptions options;
    options.stop = face.stop();
    options.progress = [&face](std::uint64_t documents, std::uint64_t total) {
        face.progress(documents, total);
    };
    LECTERN_ASSIGN(const VerifyReport report, open.collection.verify(options));
    return api::json_of(report);
}

Result<json::object> back_up(OpenCollection& open, const fs::path& data, JobFace& face) {
    LECTERN_ASSIGN(const fs::path folder, backup_folder(data, open));
    std::error_code failed;
    fs::create_directories(folder.parent_path(), failed);
    if (failed)
        return Status{Code::unavailable,
                      "cannot make " + folder.parent_path().string() + ": " + failed.message()};
    BackupOptions options;
    options.stop = face.stop();
    options.progress = [&face](std::uint64_t bytes, std::uint64_t total) {
        face.progress(bytes, total);
    };
    LECTERN_ASSIGN(const BackupInfo backup, open.collection.backup(folder, options));
    json::object out = api::json_of(backup);
    out["folder"] = api::clean(folder.string());
    return out;
}

}  // namespace

Result<fs::path> backup_folder(const fs::path& data, const OpenCollection& open) {
    LECTERN_ASSIGN(const Stats stats, open.collection.stats());
    return data / ".backups" / (open.name + "-" + stats.collection_id);
}

JobWork job_work(Collections& collections, const fs::path& data) {
    return [&collections, data](const JobRecord& record, JobFace& face) -> Result<json::object> {
        LECTERN_ASSIGN(const CollectionPointer open, collections.get(record.collection));
        if (record.kind == "reembed") return reembed(*open, record.settings, face);
        if (record.kind == "verify") return verify(*open, face);
        if (record.kind == "backup") return back_up(*open, data, face);
        return Status{Code::internal, "there is no job '" + record.kind + "'"};
    };
}

}  // namespace lectern::server
