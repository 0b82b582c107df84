// apps/crash/cluster_rounds.hpp: two workers on one collection of a cluster, which are killed, and
// so are its nodes.
#pragma once

#include "apps/crash/rounds.hpp"

namespace lectern::crash {

// A failure when the harness itself could not go on.
[[nodiscard]] Result<Report> run_cluster_rounds(const Settings& settings);

}  // namespace lectern::crash
