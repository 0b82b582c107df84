#include "apps/crash/child.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>
#include <system_error>

extern char** environ;

namespace lectern::crash {
namespace {

constexpr std::string_view variable_name = "LECTERN_KILL_POINT=";

std::vector<char*> pointers(std::vector<std::string>& strings) {
    std::vector<char*> out;
    for (std::string& one : strings) out.push_back(one.data());
    out.push_back(nullptr);
    return out;
}

}  // namespace

Status system_failure(const char* doing) {
    return {Code::internal, std::string(doing) + ": " + std::generic_category().message(errno)};
}

Result<pid_t> start(std::vector<std::string> arguments, const std::string& place, int close) {
    // Everything that the child needs is made before the fork: other threads may hold locks.
    arguments.insert(arguments.begin(), "lectern-crash");
    std::vector<std::string> variables;
    for (char** variable = environ; *variable != nullptr; ++variable)
        if (!std::string_view(*variable).starts_with(variable_name))
            variables.emplace_back(*variable);
    if (!place.empty()) variables.push_back(std::string(variable_name) + place);
    const std::vector<char*> words = pointers(arguments);
    const std::vector<char*> environment = pointers(variables);
    const pid_t child = ::fork();
    if (child < 0) return system_failure("starting a process");
    if (child == 0) {
        if (close >= 0) ::close(close);
        ::execve("/proc/self/exe", words.data(), environment.data());
        ::_exit(126);
    }
    return child;
}

Result<int> wait_for(pid_t child) {
    int state = 0;
    while (::waitpid(child, &state, 0) < 0)
        if (errno != EINTR) return system_failure("waiting for a process");
    return state;
}

}  // namespace lectern::crash
