// engine/sync/sync.hpp: keeps a collection in step with folders.
//
//     sources → walk → hash → plan → store what is new or changed → take out what is gone
//
// Killed anywhere, the next run ends where this one would have: a file counts as stored only by a
// row that is written after its documents, and is dropped before they are touched.
#pragma once

#include <filesystem>
#include <functional>
#include <vector>

#include "corpus/corpus.hpp"
#include "engine/pipeline/pipeline.hpp"
#include "engine/sync/hash_files.hpp"
#include "lectern/lectern.hpp"

namespace lectern {

// The collection. The caller lets nobody else write to it.
struct SyncTarget {
    corpus::Corpus* corpus = nullptr;    // null: an empty collection, for a dry run
    const Pipeline* pipeline = nullptr;  // null: for a dry run
    unsigned threads = 1;
    storage::GenerationNumber generation = 0;
    // How many documents were there before.
    std::function<Result<std::uint64_t>(storage::WriteGroup group)> commit = {};
};

// From one sync to the next of the same folders.
struct SyncRounds {
    SyncMemory memory;
    std::function<Status(const std::filesystem::path& folder)> before_folder;
};

// `rounds` may be null.
[[nodiscard]] Result<SyncReport> run_sync(const SyncTarget& target, const SyncOptions& options,
                                          SyncRounds* rounds);

using SyncRound = std::function<Result<SyncReport>(const SyncOptions& options, SyncRounds& rounds)>;

// Syncs again whenever a folder changes: see Collection::watch.
[[nodiscard]] Status watch_sources(const SyncRound& round, const SyncOptions& options,
                                   const std::function<void(const Result<SyncReport>&)>& synced);

[[nodiscard]] Result<std::vector<Source>> list_sources(const corpus::Corpus& corpus);
[[nodiscard]] Status remember_source(corpus::Corpus& corpus, const std::filesystem::path& path,
                                     const std::vector<std::string>& include,
                                     const std::vector<std::string>& exclude);
[[nodiscard]] Result<std::uint64_t> forget_source(corpus::Corpus& corpus,
                                                  const std::filesystem::path& path);

}  // namespace lectern
