// engine/sync/watch.hpp: syncs again whenever a folder changes.
#pragma once

#include <functional>

#include "engine/sync/sync.hpp"

namespace lectern {

using SyncRound = std::function<Result<SyncReport>(const SyncOptions& options, SyncRounds& rounds)>;

// See Collection::watch.
[[nodiscard]] Status watch_sources(const SyncRound& round, const SyncOptions& options,
                                   const std::function<void(const Result<SyncReport>&)>& synced);

}  // namespace lectern
