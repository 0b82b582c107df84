// engine/sync/plan.hpp: what a sync has to do. Pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "engine/sync/stored_files.hpp"
#include "engine/sync/walk.hpp"
#include "lectern/lectern.hpp"

namespace lectern {

// A file of a source with the hash of its bytes; none when it could not be read.
struct HashedFile {
    WalkedFile file;
    std::optional<storage::Hash128> hash;
};

struct StoreFile {
    const HashedFile* file = nullptr;
    FileChange change = FileChange::added;
    // A stored file of the same bytes, whose vectors it can have; empty: none.
    std::string same_as;
};

struct SyncPlan {
    std::vector<StoreFile> store;     // in the order of the files
    std::vector<std::string> remove;  // paths whose documents go, those that are renamed included
    std::uint64_t unchanged = 0;
    std::vector<SyncChange> changes;  // as they are told, in order of path
};

// `unread`: folders and files of which nothing is known now; what is stored of them stays.
// `exists`: whether there is something at a path, asked only of files that an ingest stored.
[[nodiscard]] SyncPlan make_plan(std::span<const HashedFile> files, const StoredFiles& stored,
                                 std::span<const std::string> unread,
                                 const std::function<bool(const std::string& path)>& exists);

// How much of a source would go: when that is more than half of its files, the disk may not be
// there.
struct SourceLoss {
    std::uint64_t stored = 0;  // files
    std::uint64_t gone = 0;    // of these, renamed ones aside
    [[nodiscard]] bool too_much() const noexcept { return gone > stored - gone; }
};
[[nodiscard]] SourceLoss loss_of(const storage::SourceFolder& source, const SyncPlan& plan,
                                 const StoredFiles& stored);

}  // namespace lectern
