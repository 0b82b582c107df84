#include "storage/store/kill_point.hpp"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <cstdint>
#include <string>

namespace lectern::storage::detail {
namespace {

struct Wanted {
    std::string name;
    std::uint64_t pass = 1;
};

Wanted from_environment() {
    const char* value = ::getenv("LECTERN_KILL_POINT");
    if (value == nullptr) return {};
    const std::string_view text = value;
    const std::size_t at = text.find('@');
    Wanted wanted{std::string(text.substr(0, at)), 1};
    if (at != std::string_view::npos) wanted.pass = ::strtoull(value + at + 1, nullptr, 10);
    return wanted;
}

// Read once, before main: getenv is not safe beside threads that change the environment.
const Wanted wanted = from_environment();
std::atomic<std::uint64_t> passed{0};

}  // namespace

std::atomic<bool> kill_point_armed{!wanted.name.empty()};

void pass_kill_point(std::string_view name) noexcept {
    if (name != wanted.name || passed.fetch_add(1) + 1 != wanted.pass) return;
    ::kill(::getpid(), SIGKILL);
    // The signal ends the process, but perhaps not before this thread goes on.
    while (true) ::pause();
}

}  // namespace lectern::storage::detail
