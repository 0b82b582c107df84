#include "apps/server/work/job_work.hpp"

#include <cstdlib>
#include <string>
#include <system_error>
#include <utility>

#include "api/result_json.hpp"
#include "apps/server/work/backup_sets.hpp"
#include "lectern/backup.hpp"
#include "lectern/cluster.hpp"

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

std::vector<std::string> texts_of(const json::object& settings, std::string_view name) {
    std::vector<std::string> out;
    const json::value* value = settings.if_contains(name);
    if (value == nullptr || !value->is_array()) return out;
    for (const json::value& item : value->get_array())
        if (item.is_string()) out.emplace_back(item.get_string());
    return out;
}

Result<json::object> sync(OpenCollection& open, const json::object& settings,
                          const SourceFolders& sources, JobFace& face) {
    LECTERN_ASSIGN(SyncOptions options, sync_options(settings, open.collection, sources));
    options.stop = face.stop();
    options.progress = [&face](const IngestProgress& state) {
        face.progress(state.bytes_read, state.bytes_total);
    };
    LECTERN_ASSIGN(const SyncReport report, open.collection.sync(options));
    // What was done before the stop is in the collection; the next sync goes on from there.
    if (face.stop().stop_requested()) return Status{Code::cancelled, "cancelled"};
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
    if (!is_in_cluster(folder.string())) fs::create_directories(folder.parent_path(), failed);
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

// `foreign`: a client has sent it. The pipeline that it holds could have this machine start
// programs and read files of the client's choice, so the server's own takes its place.
Result<json::object> restore(const fs::path& folder, const fs::path& data, Collections& collections,
                             const JobRecord& record, JobFace& face, bool foreign = false) {
    const std::string name = text_of(record.settings, "as");
    const auto id = record.settings.at("backup").to_number<std::uint32_t>();
    // In a cluster at once under its name, which no other has.
    const bool in_cluster = collections.in_cluster();
    const fs::path place = in_cluster ? data / name : collections.place_to_restore(record.id);
    auto restored = Collection::restore(folder, id, place);
    Status done = restored.status();
    if (done.ok() && foreign)
        done = use_own_pipeline(place, collections.engine().folders(), collections.pipeline())
                   .within("the backup");
    if (done.ok() && !in_cluster && face.stop().stop_requested())
        done = {Code::cancelled, "cancelled"};
    bool exists = false;
    if (in_cluster && !done.ok()) return done;
    if (done.ok() && !in_cluster) done = collections.adopt(place, name, exists);
    if (!done.ok()) {
        std::error_code error;
        fs::remove_all(place, error);
        return done;
    }
    json::object out = api::json_of(*restored);
    out["collection"] = name;
    return out;
}

// Of a collection that need not be there: "set", or "upload".
Result<json::object> restore_apart(const fs::path& data, Collections& collections,
                                   const JobRecord& record, JobFace& face) {
    if (const std::string token = text_of(record.settings, "upload"); !token.empty()) {
        const fs::path folder = uploaded_backup(collections, token);
        auto out = restore(folder, data, collections, record, face, true);
        std::error_code error;
        fs::remove_all(folder, error);
        return out;
    }
    const auto set = find_backup_set(data, text_of(record.settings, "set"));
    if (!set) return Status{Code::not_found, "the backups are not there any more"};
    return restore(set->folder, data, collections, record, face);
}

}  // namespace

fs::path uploaded_backup(const Collections& collections, const std::string& token) {
    return collections.place_to_restore("upload-" + token);
}

Result<fs::path> backup_folder(const fs::path& data, const OpenCollection& open) {
    if (is_in_cluster(data.string())) {
        const char* const named = std::getenv("LECTERN_OPENSEARCH_REPOSITORY");
        return data / (named == nullptr || *named == '\0' ? "lectern" : named);
    }
    LECTERN_ASSIGN(const Stats stats, open.collection.stats());
    return backups_below(data) / (open.name + "-" + stats.collection_id);
}

Result<std::vector<BackupInfo>> backups_of(const fs::path& data, const OpenCollection& open) {
    LECTERN_ASSIGN(const fs::path folder, backup_folder(data, open));
    LECTERN_ASSIGN(auto out, Collection::backups(folder));
    if (!is_in_cluster(data.string())) return out;
    LECTERN_ASSIGN(const Stats stats, open.collection.stats());
    std::erase_if(out,
                  [&](const BackupInfo& one) { return one.collection_id != stats.collection_id; });
    return out;
}

Result<SyncOptions> sync_options(const json::object& settings, const Collection& collection,
                                 const SourceFolders& sources) {
    SyncOptions out;
    out.include = texts_of(settings, "include");
    out.exclude = texts_of(settings, "exclude");
    out.dry_run = flag_of(settings, "dry_run");
    out.accept_loss = flag_of(settings, "accept_loss");
    for (const std::string& name : texts_of(settings, "sources")) {
        LECTERN_ASSIGN(SourceFolder found, sources.find(name));
        out.paths.push_back(std::move(found.path));
        out.names.push_back(std::move(found.name));
    }
    if (!out.paths.empty()) return out;
    // Those that the collection has; of them, those that this server may read.
    LECTERN_ASSIGN(const std::vector<Source> all, collection.sources());
    for (const Source& source : all) {
        if (!sources.has(source.path)) continue;
        out.paths.push_back(source.path);
        out.names.push_back(source.name);
    }
    if (out.paths.empty())
        return Status{Code::invalid_argument,
                      "the collection has no source of this server's yet; name one in 'sources'"};
    return out;
}

JobWork job_work(Collections& collections, const fs::path& data, const SourceFolders& sources,
                 JobWork ingest) {
    return [&collections, data, &sources, ingest = std::move(ingest)](
               const JobRecord& record, JobFace& face) -> Result<json::object> {
        if (record.kind == "ingest") return ingest(record, face);
        if (record.settings.contains("set") || record.settings.contains("upload"))
            return restore_apart(data, collections, record, face);
        LECTERN_ASSIGN(const CollectionPointer open, collections.get(record.collection));
        if (record.kind == "reembed") return reembed(*open, record.settings, face);
        if (record.kind == "verify") return verify(*open, face);
        if (record.kind == "sync") return sync(*open, record.settings, sources, face);
        if (record.kind == "backup") return back_up(*open, data, face);
        if (record.kind == "restore") {
            LECTERN_ASSIGN(const fs::path folder, backup_folder(data, *open));
            return restore(folder, data, collections, record, face);
        }
        return Status{Code::internal, "there is no job '" + record.kind + "'"};
    };
}

}  // namespace lectern::server
