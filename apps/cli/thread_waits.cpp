#include "apps/cli/thread_waits.hpp"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <system_error>

namespace lectern::app {
namespace {

// Those that OpenMP's threads do next to nothing for; to load the program's libraries twice would
// be a third of what they take.
constexpr std::array<std::string_view, 9> quick{"search",   "sources", "stats",   "get", "delete",
                                                "pipeline", "plugins", "backups", "key"};

bool is_quick(char** argv) {
    if (argv[0] == nullptr || argv[1] == nullptr ||
        std::find(quick.begin(), quick.end(), argv[1]) == quick.end())
        return false;
    // A generator may write the summaries of what is found.
    for (char** one = argv + 2; *one != nullptr; ++one)
        if (std::string_view(*one).starts_with("--summar")) return false;
    return true;
}

}  // namespace

void let_waiting_threads_sleep_soon(char** argv) {
    if (is_quick(argv)) return;
    if (std::getenv("OMP_WAIT_POLICY") != nullptr || std::getenv("GOMP_SPINCOUNT") != nullptr)
        return;
    if (setenv("GOMP_SPINCOUNT", "1000", 0) != 0) return;
    // By its own name, which tools show; returns only when it fails.
    std::error_code error;
    const auto program = std::filesystem::read_symlink("/proc/self/exe", error);
    if (!error) execv(program.c_str(), argv);
}

}  // namespace lectern::app
