#include "apps/server/work/collections.hpp"

#include <stdlib.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "apps/server/work/log.hpp"
#include "lectern/backup.hpp"
#include "lectern/cluster.hpp"

namespace lectern::server {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t max_name = 64;
constexpr std::chrono::seconds longest_wait_for_users{30};
// What other servers did to a cluster's collections is seen so soon.
constexpr std::chrono::seconds looks_again_after{1};

const std::string of_default_models = ".default";  // no collection can be named so

const std::string restoring = ".restoring-";
const std::string of_aliases = ".aliases.json";

constexpr bool letter_or_digit(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

Status no_such(const std::string& name) {
    return {Code::not_found, "there is no collection '" + name + "'"};
}

std::string taken_already(const std::string& name) {
    return "there is a collection or an alias '" + name + "' already";
}

Status bad_name(const std::string& name) {
    return {
        Code::invalid_argument,
        "'" + name +
            "' is no name of a collection: letters, digits, '-' and '_', at most 64, the first a "
            "letter or a digit"};
}

}  // namespace

Collections::Collections(fs::path data, Engine engine, CollectionOptions options)
    : data_(std::move(data)),
      in_cluster_(is_in_cluster(data_.string())),
      engine_(std::move(engine)),
      options_(std::move(options)),
      aliases_(in_cluster_ ? fs::path() : data_ / of_aliases) {
    if (in_cluster_) return;
    // What a restore leaves that the end of the server has broken off.
    std::vector<fs::path> parts;
    std::error_code error;
    for (const fs::directory_entry& entry : fs::directory_iterator(data_, error))
        if (entry.path().filename().string().starts_with(restoring)) parts.push_back(entry.path());
    for (const fs::path& part : parts) fs::remove_all(part, error);
}

Collections::~Collections() {
    close_all();
    std::error_code error;
    if (!default_models_place_.empty()) fs::remove_all(default_models_place_, error);
}

fs::path Collections::place_to_restore(const std::string& token) const {
    return data_ / (restoring + token);
}

bool Collections::valid_name(std::string_view name) noexcept {
    return !name.empty() && name.size() <= max_name && letter_or_digit(name.front()) &&
           std::all_of(name.begin(), name.end(),
                       [](char c) { return letter_or_digit(c) || c == '-' || c == '_'; });
}

Result<bool> Collections::exists(const std::string& name) const {
    if (in_cluster_) {
        const auto found = cluster_collection((data_ / name).string());
        if (found.status().code() == Code::not_found) return false;
        if (!found) return found.status();
        return true;
    }
    std::error_code error;
    return fs::exists(data_ / name / "store" / "CURRENT", error);
}

Result<std::vector<std::string>> Collections::list() const {
    std::vector<std::string> out;
    if (in_cluster_) {
        LECTERN_ASSIGN(auto all, cluster_collections(data_.string()));
        for (ClusterCollection& one : all)
            if (valid_name(one.name)) out.push_back(std::move(one.name));
        return out;
    }
    std::error_code error;
    for (const fs::directory_entry& entry : fs::directory_iterator(data_, error)) {
        std::string name = entry.path().filename().string();
        if (!valid_name(name)) continue;
        LECTERN_ASSIGN(const bool there, exists(name));
        if (there) out.push_back(std::move(name));
    }
    std::sort(out.begin(), out.end());
    return out;
}

std::vector<std::string> Collections::names() const {
    if (auto all = list())
        return *std::move(all);
    else
        log_line(LogLevel::warning, "only open collections are listed: " + all.status().message());
    std::vector<std::string> out;
    const std::lock_guard lock(mutex_);
    for (const auto& [name, collection] : open_)
        if (valid_name(name)) out.push_back(name);
    return out;
}

Status Collections::follow_cluster(const std::string& name) {
    {
        const std::lock_guard lock(mutex_);
        const auto seen = seen_.find(name);
        if (seen != seen_.end() && open_.contains(name) &&
            std::chrono::steady_clock::now() - seen->second.at < looks_again_after)
            return {};
    }
    const auto now = cluster_collection((data_ / name).string());
    if (!now && now.status().code() != Code::not_found) return now.status();
    CollectionPointer stale;
    const std::lock_guard lock(mutex_);
    const auto seen = seen_.find(name);
    const bool other = seen != seen_.end() && (!now || seen->second.id != now->collection_id);
    if (const auto open = open_.find(name); other && open != open_.end()) {
        stale = std::move(open->second);  // its users end with it
        open_.erase(open);
    }
    if (!now) {
        seen_.erase(name);
        return no_such(name);
    }
    seen_[name] = {now->collection_id, std::chrono::steady_clock::now()};
    return {};
}

Result<std::string> Collections::id_of(const std::string& name) {
    if (!valid_name(name)) return no_such(name);
    const std::lock_guard lock(opening_);
    if (const CollectionPointer open = find(name)) {
        LECTERN_ASSIGN(const Stats stats, open->collection.stats());
        return stats.collection_id;
    }
    LECTERN_ASSIGN(const bool there, exists(name));
    if (!there) return no_such(name);
    return collection_id(data_ / name);
}

std::int64_t Collections::made_at(const std::string& name) const {
    if (name.empty()) return begun_;
    if (in_cluster_) {
        const auto found = cluster_collection((data_ / name).string());
        return found ? found->created_at / 1000 : begun_;
    }
    // RocksDB writes it once, when it makes the store.
    std::error_code error;
    const auto written = fs::last_write_time(data_ / name / "store" / "IDENTITY", error);
    if (error) return begun_;
    return std::chrono::duration_cast<std::chrono::seconds>(
               std::chrono::file_clock::to_sys(written).time_since_epoch())
        .count();
}

std::vector<CollectionPointer> Collections::open_ones() const {
    const std::lock_guard lock(mutex_);
    std::vector<CollectionPointer> out;
    for (const auto& [name, collection] : open_) out.push_back(collection);
    return out;
}

CollectionPointer Collections::find(const std::string& name) const {
    const std::lock_guard lock(mutex_);
    const auto found = open_.find(name);
    return found == open_.end() ? nullptr : found->second;
}

// With opening_.
Result<CollectionPointer> Collections::open(const std::string& name, CollectionOptions options,
                                            bool named) {
    fs::path place = data_ / name;
    if (in_cluster_ && name == of_default_models) {
        LECTERN_ASSIGN(place, place_of_default_models());
    }
    auto opened = engine_.open(place, std::move(options));
    if (!opened) {
        if (opened.status().code() == Code::not_found && !named)
            return Status{Code::unavailable, opened.status().message()};
        return opened.status();
    }
    {
        const std::lock_guard lock(open_names_->mutex);
        open_names_->names.insert(name);
    }
    auto made = std::make_unique<OpenCollection>(name, std::move(*opened));
    CollectionPointer pointer(made.release(), [open_names = open_names_](OpenCollection* last) {
        const std::string its_name = last->name;
        // The lock of its store is given back first.
        std::unique_ptr<OpenCollection>(last).reset();
        const std::lock_guard lock(open_names->mutex);
        open_names->names.erase(open_names->names.find(its_name));
        open_names->gone.notify_all();
    });
    const std::lock_guard lock(mutex_);
    open_[name] = pointer;
    return pointer;
}

bool Collections::taken(const std::string& name) const {
    std::error_code error;
    return fs::exists(data_ / name, error) || !aliases_.target(name).empty();
}

std::string Collections::own_name(const std::string& name) const {
    std::string target = aliases_.target(name);
    return target.empty() ? name : target;
}

Status Collections::set_alias(const std::string& alias, const std::string& collection,
                              bool& exists) {
    exists = false;
    if (!valid_name(alias)) return bad_name(alias);
    if (!valid_name(collection)) return no_such(collection);
    const std::lock_guard lock(opening_);
    LECTERN_ASSIGN(const bool there, this->exists(collection));
    if (!there) return no_such(collection);
    LECTERN_ASSIGN(const bool has_name, this->exists(alias));
    if (has_name) {
        exists = true;
        return {Code::unavailable, "there is a collection '" + alias + "' already"};
    }
    return aliases_.set(alias, collection);
}

Status Collections::remove_alias(const std::string& alias) {
    const std::lock_guard lock(opening_);
    return aliases_.remove(alias);
}

Result<CollectionPointer> Collections::get(const std::string& given) {
    if (!valid_name(given)) return no_such(given);
    const std::string name = own_name(given);
    if (in_cluster_) LECTERN_TRY(follow_cluster(name));
    if (auto found = find(name)) return found;
    const std::lock_guard lock(opening_);
    if (auto found = find(name)) return found;
    LECTERN_ASSIGN(const bool there, exists(name));
    if (!there) return no_such(name);
    CollectionOptions options = options_;
    options.pipeline.clear();  // the one it was made with
    options.create = false;
    return open(name, std::move(options));
}

Result<CollectionPointer> Collections::default_models() {
    if (auto found = find(of_default_models)) return found;
    const std::lock_guard lock(opening_);
    if (auto found = find(of_default_models)) return found;
    return open(of_default_models, options_);
}

Result<CollectionPointer> Collections::create(const std::string& name, const std::string& pipeline,
                                              bool& exists) {
    exists = false;
    if (!valid_name(name)) return bad_name(name);
    const std::lock_guard lock(opening_);
    LECTERN_ASSIGN(const bool there, this->exists(name));
    if (there || !aliases_.target(name).empty() || (!in_cluster_ && find(name) != nullptr)) {
        exists = true;
        return Status{Code::unavailable, taken_already(name)};
    }
    if (in_cluster_) {
        // Of one that another server has dropped.
        const std::lock_guard map_lock(mutex_);
        open_.erase(name);
        seen_.erase(name);
    }
    CollectionOptions options = options_;
    if (!pipeline.empty()) options.pipeline = pipeline;
    return open(name, std::move(options), !pipeline.empty());
}

Status Collections::let_go(const std::string& name) {
    {
        CollectionPointer mine;
        const std::lock_guard map_lock(mutex_);
        if (const auto found = open_.find(name); found != open_.end()) {
            mine = std::move(found->second);
            open_.erase(found);
        }
        seen_.erase(name);
    }
    LECTERN_ASSIGN(const bool there, exists(name));
    if (!there) return no_such(name);
    std::unique_lock lock(open_names_->mutex);
    if (!open_names_->gone.wait_for(lock, longest_wait_for_users,
                                    [&] { return !open_names_->names.contains(name); }))
        return {Code::unavailable,
                "the collection '" + name + "' is in use; try again when its requests are done"};
    return {};
}

Status Collections::adopt(const fs::path& folder, const std::string& name, bool& exists) {
    exists = false;
    if (!valid_name(name)) return bad_name(name);
    const std::lock_guard lock(opening_);
    std::error_code error;
    if (taken(name)) {
        exists = true;
        return {Code::unavailable, taken_already(name)};
    }
    fs::rename(folder, data_ / name, error);
    if (error)
        return {Code::unavailable,
                "the folder of '" + name + "' cannot be moved: " + error.message()};
    return {};
}

Status Collections::rename(const std::string& from, const std::string& to, bool& exists) {
    exists = false;
    if (in_cluster_)
        return {Code::unsupported,
                "a collection of a cluster keeps its name; copy it to another name (lectern copy), "
                "then delete it"};
    if (!valid_name(from)) return no_such(from);
    if (!valid_name(to)) return bad_name(to);
    LECTERN_ASSIGN(const std::string id, id_of(from));
    const std::lock_guard lock(opening_);
    std::error_code error;
    if (taken(to)) {
        exists = true;
        return {Code::unavailable, taken_already(to)};
    }
    LECTERN_TRY(let_go(from));
    fs::rename(data_ / from, data_ / to, error);
    if (error)
        return {Code::unavailable,
                "the folder of '" + from + "' cannot be moved: " + error.message()};
    // Where job_work.hpp looks for them. It may have none.
    const fs::path backups = data_ / ".backups";
    if (!fs::exists(backups / (to + "-" + id), error))
        fs::rename(backups / (from + "-" + id), backups / (to + "-" + id), error);
    return aliases_.follow(from, to);
}

Status Collections::drop(const std::string& name) {
    if (!valid_name(name)) return no_such(name);
    const std::lock_guard lock(opening_);
    if (const auto aliases = aliases_.of(name); !aliases.empty())
        return {Code::unavailable, "the alias '" + aliases.front() + "' stands for '" + name + "'"};
    LECTERN_TRY(let_go(name));
    if (in_cluster_) return drop_cluster_collection((data_ / name).string());
    // Out of the way by one rename, so that a crash leaves no half of it under its name.
    const fs::path gone = data_ / (".dropped-" + name);
    std::error_code error;
    fs::remove_all(gone, error);
    fs::rename(data_ / name, gone, error);
    if (error)
        return {Code::unavailable,
                "the folder of '" + name + "' cannot be moved: " + error.message()};
    fs::remove_all(gone, error);
    return {};
}

// A folder of this machine, for as long as the server runs: models need no place in the cluster.
Result<fs::path> Collections::place_of_default_models() {
    if (default_models_place_.empty()) {
        std::error_code error;
        std::string made = (fs::temp_directory_path(error) / "lectern-models-XXXXXX").string();
        if (error || ::mkdtemp(made.data()) == nullptr)
            return Status{Code::unavailable, "no temporary folder can be made: " + made};
        default_models_place_ = made;
    }
    return default_models_place_ / "collection";
}

void Collections::close_all() {
    std::map<std::string, CollectionPointer> closing;
    {
        const std::lock_guard lock(mutex_);
        closing.swap(open_);
    }
}

}  // namespace lectern::server
