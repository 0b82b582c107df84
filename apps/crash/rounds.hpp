// apps/crash/rounds.hpp: start a worker, kill it, look at what it left; again and again.
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

// A failure when the harness itself could not go on.
[[nodiscard]] Result<Report> run_rounds(const Settings& settings);

}  // namespace lectern::crash
