// tests/support/child_process.hpp: a test program that starts itself again in another role.
//
//     int hold(const Words& arguments) { ... }
//     const Role holder{"hold", hold};                  // at namespace scope
//     const pid_t child = start_role("hold", {folder}, read_end);
//
// A fork that goes on without exec has the locks of threads that it does not have, and sanitisers
// start no thread in it. For programs with child_process.cpp among their sources, which has main().
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace lectern::test {

using Words = std::vector<std::string>;

struct Role {
    Role(const char* name, int (*play)(const Words& arguments));
};

// The new process ends with what the role returns. `close` is a descriptor that it does not get; it
// has all others that are not close-on-exec. -1: no process could be made.
[[nodiscard]] pid_t start_role(const std::string& name, const Words& words, int close = -1);

}  // namespace lectern::test
