// apps/crash/sync_rounds.hpp: a sync of a folder is killed, and run again; again and again.
//
// Before each kill files of the folder are written, changed, renamed and removed. What the killed
// sync left must verify without a finding; then the folder may change once more, and the next sync
// must make the collection equal to it.
#pragma once

#include <filesystem>

#include "apps/crash/rounds.hpp"

namespace lectern::crash {

// The process that is killed: one sync. Returns an exit code, having said on stderr what is wrong.
[[nodiscard]] int sync_once(const std::filesystem::path& collection,
                            const std::filesystem::path& pipeline,
                            const std::filesystem::path& source);

// As run_rounds; a step is a sync.
[[nodiscard]] Result<Report> run_sync_rounds(const Settings& settings);

}  // namespace lectern::crash
