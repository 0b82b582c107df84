#include "corpus/opensearch/snapshots.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <random>
#include <span>
#include <thread>
#include <utility>

#include "corpus/opensearch/json_build.hpp"
#include "corpus/opensearch/opensearch.hpp"

namespace lectern::corpus::opensearch {
namespace {

namespace json = boost::json;
using Clock = std::chrono::steady_clock;

constexpr std::string_view name_prefix = "lectern-";
constexpr int most_names = 100;  // that other backups take at the same time
constexpr auto between_looks = std::chrono::milliseconds(100);
constexpr auto longest_begin = std::chrono::seconds(60);
constexpr auto longest_end = std::chrono::seconds(60);
constexpr auto longest_stand_still = std::chrono::seconds(60);

Result<std::unique_ptr<Transport>> connect_to(std::string_view place) {
    if (!is_address(place))
        return Status{Code::invalid_argument,
                      "'" + std::string(place) +
                          "' is a folder; a collection of a cluster is backed up to a snapshot "
                          "repository that the cluster has: opensearch://HOST…/REPOSITORY "
                          "(docs/cluster.md)"};
    LECTERN_ASSIGN(Address address, parse_address(place));
    return connect(std::move(address));
}

Status check_repository(const Transport& transport) {
    const std::string& name = transport.address().name;
    LECTERN_ASSIGN(const Reply reply, transport.send("GET", "/_snapshot/" + name));
    if (reply.status == 404)
        return {Code::not_found,
                "the cluster has no snapshot repository '" + name +
                    "'; register one, such as a folder that all nodes see: curl -X PUT "
                    "HOST:9200/_snapshot/" +
                    name +
                    " -H 'Content-Type: application/json' -d '{\"type\": \"fs\", \"settings\": "
                    "{\"location\": \"/mnt/backups\"}}' (docs/cluster.md)"};
    if (reply.status != 200) return failure_of(reply);
    return {};
}

std::string name_of(std::uint32_t id) {
    return std::string(name_prefix) + std::to_string(id);
}

// 0: it is no backup of ours.
std::uint32_t number_of(std::string_view name) {
    std::uint32_t out = 0;
    if (!name.starts_with(name_prefix)) return 0;
    const char* const end = name.data() + name.size();
    const auto [at, error] = std::from_chars(name.data() + name_prefix.size(), end, out);
    return error == std::errc() && at == end ? out : 0;
}

BackupInfo info_of(const json::value& snapshot) {
    BackupInfo out;
    out.id = number_of(text_at(snapshot, "snapshot"));
    out.created_at = static_cast<std::int64_t>(count_at(snapshot, "start_time_in_millis"));
    out.collection_id = text_at(snapshot, "metadata", "lectern", "collection");
    out.documents = count_at(snapshot, "metadata", "lectern", "documents");
    out.damaged = text_at(snapshot, "state") != "SUCCESS";
    return out;
}

// Those that are being made are left out.
Result<std::vector<BackupInfo>> snapshots(const Transport& transport, const std::string& which) {
    LECTERN_ASSIGN(const json::value answer,
                   transport.ask("GET", "/_snapshot/" + transport.address().name + "/" + which +
                                            "?ignore_unavailable=true"));
    std::vector<BackupInfo> out;
    for (const json::value& one : list_at(answer, "snapshots")) {
        const BackupInfo info = info_of(one);
        if (info.id == 0 || info.collection_id.empty() || text_at(one, "state") == "IN_PROGRESS")
            continue;
        out.push_back(info);
    }
    std::sort(out.begin(), out.end(),
              [](const BackupInfo& a, const BackupInfo& b) { return a.id < b.id; });
    return out;
}

// Some at a time: the names stand in the path, and the cluster looks at the files of each.
Status add_sizes(const Transport& transport, std::span<BackupInfo> infos) {
    constexpr std::size_t at_once = 100;
    for (; !infos.empty(); infos = infos.subspan(std::min(at_once, infos.size()))) {
        const std::span<BackupInfo> some = infos.first(std::min(at_once, infos.size()));
        std::string names;
        for (const BackupInfo& info : some)
            if (!info.damaged) names += (names.empty() ? "" : ",") + name_of(info.id);
        if (names.empty()) continue;
        LECTERN_ASSIGN(const json::value sizes,
                       transport.ask("GET", "/_snapshot/" + transport.address().name + "/" + names +
                                                "/_status?ignore_unavailable=true"));
        for (const json::value& one : list_at(sizes, "snapshots")) {
            const std::uint32_t id = number_of(text_at(one, "snapshot"));
            for (BackupInfo& info : some) {
                if (info.id != id) continue;
                info.bytes = count_at(one, "stats", "total", "size_in_bytes");
                info.files = count_at(one, "stats", "total", "file_count");
            }
        }
    }
    return {};
}

Status no_backup(std::uint32_t id) {
    return {Code::not_found, "the repository has no backup " + std::to_string(id)};
}

Status same_cluster(const Transport& one, const Transport& other) {
    LECTERN_ASSIGN(const json::value here, one.ask("GET", "/"));
    LECTERN_ASSIGN(const json::value there, other.ask("GET", "/"));
    if (text_at(here, "cluster_uuid") == text_at(there, "cluster_uuid")) return {};
    return {Code::invalid_argument,
            "the repository is of another cluster; a cluster backs up to a repository of its own, "
            "and restores from it"};
}

Result<bool> writes_are_held_up(const Cluster& cluster) {
    LECTERN_ASSIGN(const json::value settings,
                   cluster.transport().ask("GET", "/" + cluster.name() + "/_settings"));
    const json::value* index = index_in(settings);
    return index != nullptr && text_at(*index, "settings", "index", "blocks", "write") == "true";
}

// Nothing is written to the index as long as it lives.
class WritesHeldUp {
 public:
    explicit WritesHeldUp(const Cluster& cluster) : cluster_(cluster) {}
    WritesHeldUp(const WritesHeldUp&) = delete;
    WritesHeldUp& operator=(const WritesHeldUp&) = delete;
    ~WritesHeldUp() { (void)end(); }

    [[nodiscard]] Status begin() {
        LECTERN_ASSIGN(const bool already, writes_are_held_up(cluster_));
        if (already)
            return {Code::unavailable,
                    "writes to the collection are held up already: by another backup, which is "
                    "soon over, or by one that was broken off; then 'lectern repair' lets them in"};
        held_ = true;
        LECTERN_ASSIGN(const json::value answer,
                       cluster_.transport().ask("PUT", "/" + cluster_.name() + "/_block/write"));
        const auto* all = at_path(answer, std::string_view("shards_acknowledged"));
        if (all != nullptr && all->is_bool() && all->as_bool()) return {};
        return {Code::unavailable, "the cluster does not hold up writes; do it again"};
    }
    // A failure when somebody else has let them in before.
    [[nodiscard]] Status end() {
        if (!held_) return {};
        LECTERN_ASSIGN(const bool until_now, let_writes_in(cluster_));
        held_ = false;
        if (until_now) return {};
        return {Code::unavailable,
                "writes to the collection were let in before the backup had begun, by 'lectern "
                "repair' or by the end of another backup, so it may not be whole; do it again"};
    }

 private:
    const Cluster& cluster_;
    bool held_ = false;
};

// Begins one under a name that no other has; the name.
Result<std::string> begin_snapshot(const Transport& transport, const json::object& body,
                                   const std::string& token, std::uint32_t first) {
    const std::string repository = "/_snapshot/" + transport.address().name + "/";
    for (std::uint32_t id = first; id < first + most_names; ++id) {
        LECTERN_ASSIGN(
            const Reply reply,
            transport.send("PUT", repository + name_of(id) + "?wait_for_completion=false",
                           json::serialize(body)));
        if (reply.status >= 200 && reply.status < 300) return name_of(id);
        if (text_at(reply.body, "error", "type") != "invalid_snapshot_name_exception")
            return failure_of(reply);
        // Another's, or this one: the answer to a request before was lost.
        LECTERN_ASSIGN(const json::value found, transport.ask("GET", repository + name_of(id)));
        for (const json::value& one : list_at(found, "snapshots"))
            if (text_at(one, "metadata", "lectern", "token") == token) return name_of(id);
    }
    return Status{Code::unavailable, "other backups are made all the time; do it again"};
}

struct SnapshotState {
    std::string state;   // "": it is not there
    bool begun = false;  // every shard has taken its moment
    std::uint64_t bytes = 0;
    std::uint64_t total = 0;
};

// Whether a shard has taken its moment. The cluster says STARTED also of one whose node has not
// heard of the snapshot yet; how many files it has is known from its moment on. One that has none
// anew says so when it is done.
bool has_begun(const json::value& shard) {
    const std::string stage = text_at(shard, "stage");
    if (stage == "DONE" || stage == "FAILURE") return true;
    return (stage == "STARTED" || stage == "FINALIZE") &&
           count_at(shard, "stats", "total", "file_count") > 0;
}

bool all_have_begun(const json::value& snapshot) {
    const auto* indices = at_path(snapshot, std::string_view("indices"));
    if (indices == nullptr || !indices->is_object()) return false;
    std::uint64_t begun = 0;
    for (const auto& [name, index] : indices->get_object()) {
        const auto* shards = at_path(index, std::string_view("shards"));
        if (shards == nullptr || !shards->is_object()) return false;
        for (const auto& [number, shard] : shards->get_object()) begun += has_begun(shard) ? 1 : 0;
    }
    return begun > 0 && begun == count_at(snapshot, "shards_stats", "total");
}

Result<SnapshotState> look_at(const Transport& transport, const std::string& name) {
    LECTERN_ASSIGN(
        const Reply reply,
        transport.send("GET", "/_snapshot/" + transport.address().name + "/" + name + "/_status"));
    SnapshotState out;
    if (reply.status == 404) return out;
    if (reply.status != 200) return failure_of(reply);
    const json::array& all = list_at(reply.body, "snapshots");
    if (all.empty()) return out;
    const json::value& one = all.front();
    out.state = text_at(one, "state");
    out.begun = all_have_begun(one);
    out.bytes = count_at(one, "stats", "incremental", "size_in_bytes");
    out.total = out.bytes;
    if (out.state == "STARTED" || out.state == "IN_PROGRESS")
        out.bytes = count_at(one, "stats", "processed", "size_in_bytes");
    return out;
}

bool over(const std::string& state) {
    return state == "SUCCESS" || state == "FAILED" || state == "PARTIAL" || state == "ABORTED";
}

void remove_snapshot(const Transport& transport, const std::string& name) {
    (void)transport.send("DELETE", "/_snapshot/" + transport.address().name + "/" + name);
}

}  // namespace

Result<bool> let_writes_in(const Cluster& cluster) {
    LECTERN_ASSIGN(const bool held_up, writes_are_held_up(cluster));
    if (!held_up) return false;
    const json::object body = object_of("index.blocks.write", false);
    LECTERN_TRY(
        cluster.transport()
            .ask("PUT", "/" + cluster.name() + "/_settings", json::serialize(json::value(body)))
            .status());
    return true;
}

Result<BackupInfo> make_snapshot(const Cluster& cluster, const storage::CollectionMeta& meta,
                                 std::uint64_t documents, std::string_view to,
                                 const BackupOptions& options) {
    LECTERN_ASSIGN(const auto transport, connect_to(to));
    LECTERN_TRY(check_repository(*transport));
    LECTERN_TRY(same_cluster(cluster.transport(), *transport));
    LECTERN_ASSIGN(const auto before, snapshots(*transport, std::string(name_prefix) + "*"));
    std::random_device device;
    const std::string token = std::to_string(device()) + std::to_string(device());
    json::object about =
        object_of("collection", text_value(storage::to_hex(meta.id)), "name",
                  text_value(cluster.name()), "documents", documents, "token", text_value(token));
    const json::object body =
        object_of("indices", text_value(cluster.name()), "include_global_state", false, "partial",
                  false, "metadata", object_of("lectern", std::move(about)));
    WritesHeldUp held(cluster);
    LECTERN_TRY(held.begin());
    LECTERN_ASSIGN(
        const std::string name,
        begin_snapshot(*transport, body, token, before.empty() ? 1 : before.back().id + 1));
    // While writes are still held up: what goes on behind them may not be whole.
    const auto give_up = [&](Status why) {
        remove_snapshot(*transport, name);
        return why;
    };
    const auto begin = Clock::now();
    auto seen = begin;
    for (bool begun = false;;) {
        const Result<SnapshotState> now = look_at(*transport, name);
        if (!now) return begun ? now.status() : give_up(now.status());
        if (!now->state.empty()) seen = Clock::now();
        if (begun && Clock::now() - seen > longest_end) break;  // somebody has deleted it
        if (now->begun && !begun) {
            if (Status ended = held.end(); !ended.ok()) return give_up(std::move(ended));
            begun = true;
        }
        if (over(now->state)) break;
        if (options.stop.stop_requested())
            return give_up({Code::cancelled, "the backup was stopped"});
        if (!begun && Clock::now() - begin > longest_begin)
            return give_up({Code::unavailable,
                            "the cluster has not begun the snapshot in a minute; do it again when "
                            "it is less busy"});
        if (options.progress && begun) options.progress(now->bytes, now->total);
        std::this_thread::sleep_for(between_looks);
    }
    if (Status ended = held.end(); !ended.ok()) return give_up(std::move(ended));
    // When all is copied, what was is written down.
    for (const auto end = Clock::now() + longest_end;; std::this_thread::sleep_for(between_looks)) {
        LECTERN_ASSIGN(auto made, snapshots(*transport, name));
        if (!made.empty() && !made.front().damaged) {
            LECTERN_TRY(add_sizes(*transport, made));
            return made.front();
        }
        if (!made.empty() || Clock::now() > end) break;
    }
    remove_snapshot(*transport, name);
    return Status{Code::unavailable,
                  "the cluster could not make the snapshot: see its log, and that every shard of "
                  "the index has a primary"};
}

Result<std::vector<BackupInfo>> backups(std::string_view place) {
    LECTERN_ASSIGN(const auto transport, connect_to(place));
    LECTERN_TRY(check_repository(*transport));
    LECTERN_ASSIGN(auto out, snapshots(*transport, std::string(name_prefix) + "*"));
    LECTERN_TRY(add_sizes(*transport, out));
    if (out.empty())
        return Status{Code::not_found, "there is no backup in '" + std::string(place) + "'"};
    return out;
}

Status delete_backup(std::string_view place, std::uint32_t id) {
    LECTERN_ASSIGN(const auto transport, connect_to(place));
    LECTERN_ASSIGN(
        const Reply reply,
        transport->send("DELETE", "/_snapshot/" + transport->address().name + "/" + name_of(id)));
    if (reply.status == 404) return no_backup(id);
    if (reply.status != 200) return failure_of(reply);
    return {};
}

namespace {

// Until every shard can be read, or nothing moves any more.
Status wait_for_shards(const Transport& transport, const std::string& index) {
    auto moved = Clock::now();
    while (true) {
        LECTERN_ASSIGN(const Reply health,
                       transport.send("GET", "/_cluster/health/" + index +
                                                 "?wait_for_status=yellow&timeout=5s"));
        const std::string status = text_at(health.body, "status");
        if (status == "yellow" || status == "green") return {};
        LECTERN_ASSIGN(const Reply moving,
                       transport.send("GET", "/" + index + "/_recovery?active_only=true"));
        if (moving.body.is_object() && !moving.body.as_object().empty()) moved = Clock::now();
        if (Clock::now() - moved > longest_stand_still)
            return {Code::unavailable,
                    "the restored index '" + index +
                        "' does not come up; GET /_cluster/allocation/explain says why. Delete it "
                        "before it is restored again"};
    }
}

}  // namespace

Result<BackupInfo> restore(std::string_view place, std::uint32_t id, std::string_view to) {
    LECTERN_ASSIGN(const auto transport, connect_to(place));
    if (!is_address(to))
        return Status{Code::invalid_argument,
                      "a backup of a cluster is restored in the cluster (opensearch://HOST…/NAME); "
                      "'lectern copy' takes it to a folder from there"};
    LECTERN_ASSIGN(const auto there, connect_to(to));
    LECTERN_TRY(same_cluster(*there, *transport));
    const Address& target = there->address();
    LECTERN_ASSIGN(const auto all, backups(place));
    // The latest of them all may be of another collection than is meant.
    if (id == 0 && std::any_of(all.begin(), all.end(), [&all](const BackupInfo& one) {
            return one.collection_id != all.front().collection_id;
        }))
        return Status{Code::invalid_argument,
                      "'" + std::string(place) +
                          "' has backups of several collections; say which by its number (--id; "
                          "'lectern backups' lists them)"};
    const auto found = std::find_if(all.rbegin(), all.rend(), [id](const BackupInfo& one) {
        return id == 0 ? !one.damaged : one.id == id;
    });
    if (found == all.rend()) return no_backup(id);
    if (found->damaged)
        return Status{Code::corrupt, "backup " + std::to_string(found->id) + " is damaged"};
    LECTERN_ASSIGN(const Reply settings, transport->send("GET", "/" + target.name + "/_settings"));
    if (settings.status == 200)
        return Status{Code::invalid_argument,
                      "there is an index '" + target.name +
                          "' already; a restore makes a new one, and replaces nothing"};
    if (settings.status != 404) return failure_of(settings);
    const std::string snapshot =
        "/_snapshot/" + transport->address().name + "/" + name_of(found->id);
    LECTERN_ASSIGN(const json::value about, transport->ask("GET", snapshot));
    std::string index;
    for (const json::value& one : list_at(about, "snapshots"))
        index = text_at(one, "metadata", "lectern", "name");
    const json::object body =
        object_of("indices", text_value(index), "include_global_state", false, "include_aliases",
                  false, "rename_pattern", "^.+$", "rename_replacement", text_value(target.name),
                  "ignore_index_settings", json::array{"index.blocks.write"});
    LECTERN_ASSIGN(const Reply begun,
                   transport->send("POST", snapshot + "/_restore?wait_for_completion=false",
                                   json::serialize(body)));
    if (begun.status < 200 || begun.status > 299) return failure_of(begun);
    LECTERN_TRY(wait_for_shards(*transport, target.name));
    return *found;
}

}  // namespace lectern::corpus::opensearch
