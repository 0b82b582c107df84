// Backups: made, listed, restored, deleted, downloaded and uploaded; of collections that are there,
// and of those that are gone.
#include <algorithm>
#include <boost/json.hpp>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

#include "api/fields.hpp"
#include "api/result_json.hpp"
#include "apps/server/api/begin_job.hpp"
#include "apps/server/api/service.hpp"
#include "apps/server/http/problem.hpp"
#include "apps/server/work/backup_sets.hpp"
#include "apps/server/work/job_work.hpp"
#include "apps/server/work/tar.hpp"
#include "lectern/backup.hpp"

namespace lectern::server {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

Response not_in_a_cluster() {
    return problem({Code::unsupported,
                    "the backups of a cluster are in a repository of the cluster, not in files of "
                    "this server"});
}

// Of a folder that has it, as an archive that is made while it is sent.
Response archive_of(const fs::path& folder, std::uint32_t id, const std::string& collection) {
    const auto files = backup_files(folder, id);
    if (!files) return problem(files.status());
    std::vector<TarWriter::File> list;
    for (const BackupFile& file : *files)
        list.push_back({folder / file.name, file.name, file.bytes});
    Response out{200, "application/x-tar", "", {}};
    out.headers.push_back({"Content-Disposition", "attachment; filename=\"" + collection + "-" +
                                                      std::to_string(id) + ".tar\""});
    out.pieces = [writer = std::make_shared<TarWriter>(std::move(list))] { return writer->next(); };
    return out;
}

// A backup that a path names, or why there is none.
struct NamedBackup {
    fs::path folder = {};
    std::uint32_t id = 0;
    std::string collection = {};
    std::optional<Response> refused = {};
};

bool has_backup(const Result<std::vector<BackupInfo>>& all, std::uint32_t id) {
    return all && std::any_of(all->begin(), all->end(),
                              [id](const BackupInfo& one) { return one.id == id; });
}

Response download_named(const NamedBackup& named) {
    return named.refused ? *named.refused : archive_of(named.folder, named.id, named.collection);
}

Response delete_named(const Service& service, const NamedBackup& named) {
    if (named.refused) return *named.refused;
    if (auto refused = refuse_beside_job(service, named.collection)) return std::move(*refused);
    const Status done = delete_backup(named.folder, named.id);
    if (!done.ok()) return problem(done);
    return {204, "", "", {}};
}

Response no_right_to(const std::string& name) {
    return problem(403, "forbidden", "the key does not reach the collection '" + name + "'");
}

Response name_is_taken(const std::string& name) {
    return problem(409, "conflict", "there is a collection or an alias '" + name + "' already");
}

// Why no collection of this name can be made.
std::optional<Response> refuse_new_name(const Service& service, const Call& call,
                                        const std::string& name) {
    if (!call.may(Right::admin, name)) return no_right_to(name);
    if (service.collections.taken(name)) return name_is_taken(name);
    return {};
}

constexpr std::string_view must_be_name =
    "must be a new collection's name: letters, digits, '-' and '_'";

// ------------------------------------------------------------ of one collection

Response back_up(Service& service, Call& call) {
    return begin_plain_job(service, call, "backup");
}

Response list_of_collection(Service& service, Call& call) {
    auto open = service.collections.get(call.value("name"));
    if (!open) return problem(open.status());
    const auto folder = backup_folder(service.options.data, **open);
    if (!folder) return problem(folder.status());
    json::array list;
    // There is no folder before the first, and nothing in it while that is begun.
    const auto all = backups_of(service.options.data, **open);
    if (!all && all.status().code() != Code::not_found) return problem(all.status());
    if (all)
        for (const BackupInfo& backup : *all) list.push_back(api::json_of(backup));
    return json_response(
        json::object{{"folder", api::clean(folder->string())}, {"backups", std::move(list)}});
}

NamedBackup named_of_collection(Service& service, const Call& call) {
    NamedBackup out;
    out.collection = call.value("name");
    auto open = service.collections.get(out.collection);
    if (!open) return out.refused = problem(open.status()), out;
    auto folder = backup_folder(service.options.data, **open);
    if (!folder) return out.refused = problem(folder.status()), out;
    out.folder = std::move(*folder);
    const auto id = backup_number(call.value("backup"));
    if (!id || !has_backup(backups_of(service.options.data, **open), *id))
        out.refused = problem(
            404, "not_found",
            "the collection '" + out.collection + "' has no backup '" + call.value("backup") + "'");
    out.id = id.value_or(0);
    return out;
}

Response download_of_collection(Service& service, Call& call) {
    if (service.collections.in_cluster()) return not_in_a_cluster();
    return download_named(named_of_collection(service, call));
}

Response delete_of_collection(Service& service, Call& call) {
    return delete_named(service, named_of_collection(service, call));
}

// Nothing is replaced: what was backed up becomes a collection of another name. A job of the one
// that it is of.
Response restore_of_collection(Service& service, Call& call) {
    api::Fields fields(call.request.body);
    const std::string name = fields.text("as");
    if (!Collections::valid_name(name)) fields.wrong("as", must_be_name);
    json::object settings{{"as", name}};
    take_webhook(service, fields, settings);
    if (const Status bad = fields.done(); !bad.ok()) return problem(bad);
    if (!call.may(Right::admin, name)) return no_right_to(name);
    NamedBackup named = named_of_collection(service, call);
    if (named.refused) return std::move(*named.refused);
    const auto names = service.collections.list();
    if (!names) return problem(names.status());
    if (std::find(names->begin(), names->end(), name) != names->end() ||
        service.collections.taken(name))
        return name_is_taken(name);
    settings["backup"] = named.id;
    return begin_job(service, "restore", named.collection, std::move(settings));
}

// ------------------------------------------------------- of all there ever were

// The collection that they are of is not there any more: dropped, or another of its name.
bool is_gone(Service& service, const BackupSet& set) {
    const auto id = service.collections.id_of(set.collection);
    return id ? *id != set.collection_id : id.status().code() == Code::not_found;
}

Response list_sets(Service& service, Call& call) {
    if (service.collections.in_cluster()) return not_in_a_cluster();
    json::array out;
    for (const BackupSet& set : backup_sets(service.options.data)) {
        if (!call.may(Right::admin, set.collection)) continue;
        const auto all = Collection::backups(set.folder);
        if (!all && all.status().code() != Code::not_found) return problem(all.status());
        if (!all || all->empty()) continue;
        json::array backups;
        for (const BackupInfo& backup : *all) backups.push_back(api::json_of(backup));
        out.push_back(json::object{{"set", set.name},
                                   {"collection", set.collection},
                                   {"collection_id", set.collection_id},
                                   {"dropped", is_gone(service, set)},
                                   {"backups", std::move(backups)}});
    }
    return json_response(json::object{{"sets", std::move(out)}});
}

NamedBackup named_of_set(const Service& service, const Call& call) {
    NamedBackup out;
    if (service.collections.in_cluster()) return out.refused = not_in_a_cluster(), out;
    auto set = find_backup_set(service.options.data, call.value("set"));
    const auto id = backup_number(call.value("backup"));
    if (!set || !id || !call.may(Right::admin, set->collection) ||
        !has_backup(Collection::backups(set->folder), *id)) {
        out.refused = problem(404, "not_found",
                              "there is no backup '" + call.value("backup") + "' of '" +
                                  call.value("set") + "'; GET /backups lists them");
        return out;
    }
    return {std::move(set->folder), *id, std::move(set->collection)};
}

Response download_of_set(Service& service, Call& call) {
    return download_named(named_of_set(service, call));
}

Response delete_of_set(Service& service, Call& call) {
    return delete_named(service, named_of_set(service, call));
}

// As a job of the collection that will be there.
Response begin_restore(Service& service, const std::string& name, json::object settings) {
    settings["as"] = name;
    return begin_job(service, "restore", name, std::move(settings));
}

Response restore_of_set(Service& service, Call& call) {
    api::Fields fields(call.request.body);
    const std::string name = fields.text("as");
    if (!Collections::valid_name(name)) fields.wrong("as", must_be_name);
    json::object settings;
    take_webhook(service, fields, settings);
    if (const Status bad = fields.done(); !bad.ok()) return problem(bad);
    NamedBackup named = named_of_set(service, call);
    if (named.refused) return std::move(*named.refused);
    if (auto refused = refuse_new_name(service, call, name)) return std::move(*refused);
    settings["set"] = call.value("set");
    settings["backup"] = named.id;
    return begin_restore(service, name, std::move(settings));
}

// -------------------------------------------------------------------- uploads

// Writes the files of an archive beside the collections while they come in.
class BackupUpload : public BodySink {
 public:
    explicit BackupUpload(Service& service)
        : service_(service),
          token_(hexadecimal(random_bytes(8))),
          folder_(uploaded_backup(service.collections, token_)),
          reader_(folder_, &may_be_of_backup) {}
    BackupUpload(const BackupUpload&) = delete;
    BackupUpload& operator=(const BackupUpload&) = delete;
    ~BackupUpload() override {
        if (handed_over_) return;
        std::error_code error;
        fs::remove_all(folder_, error);
    }

    Status add(std::string_view piece) override {
        waiting_.append(piece);
        return {};
    }
    [[nodiscard]] bool ready() const override { return waiting_.size() >= enough; }
    Response work(Call& call) override {
        if (name_.empty())
            if (auto refused = begin(call)) return std::move(*refused);
        const Status done = reader_.add(waiting_);
        waiting_.clear();
        return done.ok() ? Response{} : problem(done);
    }
    Response finish(Call& call) override {
        if (Response failed = work(call); failed.status != 200) return failed;
        if (const Status bad = reader_.finish(); !bad.ok()) return problem(bad);
        const auto all = Collection::backups(folder_);
        if (!all || all->size() != 1)
            return problem(400, "invalid_argument",
                           "the archive must hold one backup, as it was downloaded");
        // The job has them from here on.
        settings_["upload"] = token_;
        settings_["backup"] = all->front().id;
        Response out = begin_restore(service_, name_, std::move(settings_));
        handed_over_ = out.status == 202;
        return out;
    }

 private:
    // Before anything is written.
    std::optional<Response> begin(Call& call) {
        if (service_.collections.in_cluster()) return not_in_a_cluster();
        api::Fields fields(call.request.query);
        const std::string name = fields.text("as");
        if (!Collections::valid_name(name)) fields.wrong("as", must_be_name);
        take_webhook(service_, fields, settings_);
        if (const Status bad = fields.done(); !bad.ok()) return problem(bad);
        if (auto refused = refuse_new_name(service_, call, name)) return refused;
        name_ = name;
        return {};
    }

    static constexpr std::size_t enough = 4U << 20U;
    Service& service_;
    const std::string token_;
    const fs::path folder_;
    TarReader reader_;
    std::string waiting_;
    json::object settings_;  // of the job
    std::string name_;       // of the new collection; "": not begun
    bool handed_over_ = false;
};

}  // namespace

void add_backup_routes(Router& router, Service& service) {
    const auto add = [&](const char* method, const std::string& path, Lane lane,
                         Response (*handler)(Service&, Call&)) {
        router.add({method, path, Right::admin, lane,
                    [&service, handler](Call& call) { return handler(service, call); }});
    };
    const std::string of_one = "/collections/{name}/backups";
    add("POST", of_one, Lane::ingest, &back_up);
    add("GET", of_one, Lane::read, &list_of_collection);
    add("DELETE", of_one + "/{backup}", Lane::ingest, &delete_of_collection);
    add("POST", of_one + "/{backup}/restore", Lane::ingest, &restore_of_collection);
    // Downloads are read piece by piece between searches; behind batches of documents they would
    // stand still.
    add("GET", of_one + "/{backup}", Lane::read, &download_of_collection);
    add("GET", "/backups", Lane::ingest, &list_sets);
    router.add({.method = "POST",
                .pattern = "/backups",
                .right = Right::admin,
                .lane = Lane::ingest,
                .sink = [&service](const Request&) -> std::unique_ptr<BodySink> {
                    return std::make_unique<BackupUpload>(service);
                },
                .body = Body::bytes});
    add("GET", "/backups/{set}/{backup}", Lane::read, &download_of_set);
    add("DELETE", "/backups/{set}/{backup}", Lane::ingest, &delete_of_set);
    add("POST", "/backups/{set}/{backup}/restore", Lane::ingest, &restore_of_set);
}

}  // namespace lectern::server
