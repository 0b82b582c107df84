// apps/server/work/collections.hpp: the collections under one data folder, or of one cluster,
// opened when they are first used. Threads: everything is safe from any thread.
//
// Of a cluster nothing is kept here: other servers make, fill and drop the same collections.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <ctime>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "apps/server/work/aliases.hpp"
#include "lectern/lectern.hpp"

namespace lectern::server {

// A collection that is open, and stays so while somebody holds it.
struct OpenCollection {
    OpenCollection(std::string its_name, Collection opened)
        : name(std::move(its_name)), collection(std::move(opened)) {}
    const std::string name;
    Collection collection;
    // Held from a check (If-Match) to the write that stands on it.
    std::mutex writing;
};
using CollectionPointer = std::shared_ptr<OpenCollection>;

class Collections {
 public:
    // `options`: how each is opened; the pipeline is that of new ones.
    Collections(std::filesystem::path data, Engine engine, CollectionOptions options);

    // Letters, digits, '-' and '_'; at most 64, and the first a letter or a digit. A name is a
    // folder, so nothing else will do.
    [[nodiscard]] static bool valid_name(std::string_view name) noexcept;

    Collections(const Collections&) = delete;
    Collections& operator=(const Collections&) = delete;
    ~Collections();

    [[nodiscard]] const Engine& engine() const noexcept { return engine_; }
    // That of new ones; "": the one that the engine takes.
    [[nodiscard]] const std::string& pipeline() const noexcept { return options_.pipeline; }
    [[nodiscard]] bool in_cluster() const noexcept { return in_cluster_; }
    // Sorted; open or not. A cluster may not answer.
    [[nodiscard]] Result<std::vector<std::string>> list() const;
    // The same; those that are open where the cluster does not answer, which the log tells.
    [[nodiscard]] std::vector<std::string> names() const;
    // As its stats have it. One that is not open stays so. Not by an alias, and not of a cluster.
    [[nodiscard]] Result<std::string> id_of(const std::string& name);
    // When a collection was made here, in seconds since 1970 (UTC); "": when this began.
    [[nodiscard]] std::int64_t made_at(const std::string& name) const;
    [[nodiscard]] std::vector<CollectionPointer> open_ones() const;
    // Also by an alias.
    [[nodiscard]] Result<CollectionPointer> get(const std::string& name);
    // The collection's own name where it is an alias; others as they are.
    [[nodiscard]] std::string own_name(const std::string& name) const;
    // The models of the server's own pipeline, without documents: a collection that has no name.
    [[nodiscard]] Result<CollectionPointer> default_models();
    // unavailable when there is one of that name already: `exists` says so.
    [[nodiscard]] Result<CollectionPointer> create(const std::string& name,
                                                   const std::string& pipeline, bool& exists);
    // Waits for its users; unavailable when they take too long, and while aliases stand for it. Its
    // folder is deleted.
    [[nodiscard]] Status drop(const std::string& name);
    // Whether no collection can be made of this name: a folder or an alias has it.
    [[nodiscard]] bool taken(const std::string& name) const;
    // A folder beside the collections, where one is made before it is adopted.
    [[nodiscard]] std::filesystem::path place_to_restore(const std::string& token) const;
    // A collection that was made in another folder gets its name here, by one rename. `exists`:
    // there is one of that name.
    [[nodiscard]] Status adopt(const std::filesystem::path& folder, const std::string& name,
                               bool& exists);
    // Waits for its users as drop() does. Its backups and aliases go with it.
    [[nodiscard]] Status rename(const std::string& from, const std::string& to, bool& exists);
    [[nodiscard]] const Aliases& aliases() const noexcept { return aliases_; }
    // Makes an alias or switches it, at once for all requests that come afterwards. not_found:
    // there is no such collection. `exists`: there is a collection of the alias's name.
    [[nodiscard]] Status set_alias(const std::string& alias, const std::string& collection,
                                   bool& exists);
    [[nodiscard]] Status remove_alias(const std::string& alias);
    // Writes the index caches and closes what nobody uses.
    void close_all();

 private:
    [[nodiscard]] Result<bool> exists(const std::string& name) const;
    // Of a cluster: lets go of what another server has dropped meanwhile, made again or not.
    // not_found when it is not there.
    [[nodiscard]] Status follow_cluster(const std::string& name);
    [[nodiscard]] Result<std::filesystem::path> place_of_default_models();
    // `named`: a client chose the pipeline. Otherwise what it lacks, such as a model, is not
    // theirs.
    [[nodiscard]] Result<CollectionPointer> open(const std::string& name, CollectionOptions options,
                                                 bool named = false);
    // With opening_: closes it and waits for its users.
    [[nodiscard]] Status let_go(const std::string& name);
    [[nodiscard]] CollectionPointer find(const std::string& name) const;

    const std::filesystem::path data_;  // or the cluster's address
    const bool in_cluster_;
    const Engine engine_;
    const CollectionOptions options_;
    const std::int64_t begun_ = std::time(nullptr);
    Aliases aliases_;
    std::mutex opening_;  // one is opened, dropped or given another name at a time
    mutable std::mutex mutex_;
    std::map<std::string, CollectionPointer> open_;
    // What the cluster said of a collection, and when.
    struct Seen {
        std::string id;
        std::chrono::steady_clock::time_point at;
    };
    std::map<std::string, Seen> seen_;            // guarded by mutex_
    std::filesystem::path default_models_place_;  // guarded by opening_; "": none was made
    // Names whose collections live, held in open_ or by a user. Shared with the pointers' deleters.
    struct OpenNames {
        std::mutex mutex;
        std::condition_variable gone;
        std::multiset<std::string> names;
    };
    std::shared_ptr<OpenNames> open_names_ = std::make_shared<OpenNames>();
};

}  // namespace lectern::server
