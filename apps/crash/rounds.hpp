// apps/crash/rounds.hpp: start something, kill it, look at what it left; again and again.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "apps/crash/worker.hpp"

namespace lectern::crash {

struct Settings {
    std::filesystem::path folder;  // of the collection, on the disk that is tested
    std::uint64_t seed = 0;
    unsigned kills = 30;
    Sabotage sabotage = Sabotage::none;
    std::string cluster;  // the collection's address there; "": it is in the folder
    std::string nodes;    // the program that ends and starts nodes; "": they are left alone
    std::function<void(const std::string&)> progress{};  // one line a round; may be empty
};

struct Report {
    unsigned kills = 0;
    std::uint64_t steps = 0;       // acknowledged
    std::uint64_t checked = 0;     // documents compared byte for byte, all rounds together
    std::uint64_t self_asked = 0;  // chunks that searches were made for
    std::uint64_t self_found = 0;  // and that were among the first ten hits
    std::uint64_t backups = 0;     // made
    std::uint64_t restored = 0;    // of them, and compared
    std::map<std::string, unsigned> places;  // kills at each named place, and "any moment"
    std::vector<std::string> problems;       // of the round that found some; the run ends there
};

// All of these: a failure when the harness itself could not go on.

// A worker that writes to a collection.
[[nodiscard]] Result<Report> run_rounds(const Settings& settings);

// Two workers on one collection of a cluster, which are killed, and so are its nodes.
[[nodiscard]] Result<Report> run_cluster_rounds(const Settings& settings);

// A sync of a folder; a step is a sync. Before each kill files of the folder are written, changed,
// renamed and removed. What the killed sync left must verify without a finding; then the folder may
// change once more, and the next sync must make the collection equal to it.
[[nodiscard]] Result<Report> run_sync_rounds(const Settings& settings);

// The process that is killed there: one sync. Returns an exit code, having said on stderr what is
// wrong.
[[nodiscard]] int sync_once(const std::filesystem::path& collection,
                            const std::filesystem::path& pipeline,
                            const std::filesystem::path& source);

}  // namespace lectern::crash
