#include "engine/sync/plan.hpp"

#include <algorithm>
#include <cstring>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace lectern {
namespace {

struct HashOfHash {
    std::size_t operator()(const storage::Hash128& hash) const noexcept {
        std::size_t out = 0;
        std::memcpy(&out, hash.bytes.data(), sizeof out);
        return out;
    }
};

using PathsByHash = std::unordered_map<storage::Hash128, std::vector<std::string>, HashOfHash>;

bool lies_in_any(const std::string& path, std::span<const std::string> folders) {
    return std::any_of(folders.begin(), folders.end(),
                       [&](const std::string& folder) { return lies_in(path, folder); });
}

}  // namespace

SyncPlan make_plan(std::span<const HashedFile> files, const StoredFiles& stored,
                   std::span<const std::string> unread,
                   const std::function<bool(const std::string& path)>& exists) {
    SyncPlan plan;
    std::unordered_set<std::string> there;
    for (const HashedFile& file : files) there.insert(file.file.path.string());

    PathsByHash gone;   // whole files that may have another name now
    PathsByHash whole;  // all whole files: their vectors can be had
    for (const auto& [path, file] : stored) {
        if (file.whole && file.complete(file.whole->hash)) whole[file.whole->hash].push_back(path);
        if (there.contains(path) || lies_in_any(path, unread)) continue;
        // What an ingest stored, and a sync never took over, may be there and be left out by
        // patterns: then it came another way.
        const bool taken_over = file.whole || !file.synced.empty();
        if (!taken_over && exists(path)) continue;
        plan.remove.push_back(path);
        if (file.whole && file.complete(file.whole->hash)) gone[file.whole->hash].push_back(path);
    }

    std::unordered_map<std::string, std::string> renamed;  // old path to new
    for (const HashedFile& file : files) {
        if (!file.hash) continue;
        const std::string path = file.file.path.string();
        const auto known = stored.find(path);
        if (known != stored.end() && known->second.complete(*file.hash)) {
            ++plan.unchanged;
            continue;
        }
        StoreFile store{&file, known == stored.end() ? FileChange::added : FileChange::changed, {}};
        const auto moved = gone.find(*file.hash);
        if (known == stored.end() && moved != gone.end() && !moved->second.empty()) {
            store.change = FileChange::renamed;
            store.same_as = std::move(moved->second.back());
            moved->second.pop_back();
            renamed[store.same_as] = path;
            plan.changes.push_back({FileChange::renamed, path, store.same_as});
        } else {
            if (const auto same = whole.find(*file.hash); same != whole.end())
                store.same_as = same->second.front();
            plan.changes.push_back({store.change, path, {}});
        }
        plan.store.push_back(std::move(store));
    }
    for (const std::string& path : plan.remove)
        if (!renamed.contains(path)) plan.changes.push_back({FileChange::removed, path, {}});
    std::stable_sort(plan.changes.begin(), plan.changes.end(),
                     [](const auto& a, const auto& b) { return a.file < b.file; });
    return plan;
}

SourceLoss loss_of(const storage::SourceFolder& source, const SyncPlan& plan,
                   const StoredFiles& stored) {
    SourceLoss loss;
    for (const auto& [path, file] : stored)
        if (lies_in(path, source.path)) ++loss.stored;
    for (const SyncChange& change : plan.changes)
        if (change.kind == FileChange::removed && lies_in(change.file, source.path)) ++loss.gone;
    return loss;
}

}  // namespace lectern
