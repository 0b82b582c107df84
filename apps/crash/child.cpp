#include "apps/crash/child.hpp"

#include <cerrno>
#include <string_view>
#include <system_error>
#include <utility>

namespace lectern::crash {
namespace {

constexpr std::string_view variable = "LECTERN_KILL_POINT";

}  // namespace

Status system_failure(const char* doing) {
    return {Code::internal, std::string(doing) + ": " + std::generic_category().message(errno)};
}

Result<sys::Process> start(std::vector<std::string> arguments, const std::string& place,
                           int close) {
    arguments.insert(arguments.begin(), "lectern-crash");
    std::error_code error;
    sys::Process child = sys::Process::start(
        {.path = "/proc/self/exe",
         .words = std::move(arguments),
         .variables = {place.empty() ? std::string(variable) : std::string(variable) + "=" + place},
         .apart = false,
         .closed = {close}},
        error);
    if (error) return Status{Code::internal, "starting a process: " + error.message()};
    return child;
}

Result<int> wait_for(sys::Process& child) {
    std::error_code error;
    const int state = child.wait(error);
    if (error) return Status{Code::internal, "waiting for a process: " + error.message()};
    return state;
}

}  // namespace lectern::crash
