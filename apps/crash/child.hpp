// apps/crash/child.hpp: this program again, as a process that may be killed at a place.
#pragma once

#include <string>
#include <vector>

#include "lectern/lectern.hpp"
#include "system/process.hpp"

namespace lectern::crash {

// "doing: what errno says".
[[nodiscard]] Status system_failure(const char* doing);

// `place`: where it is killed (storage/store/kill_point.hpp), NAME@PASS; "" for nowhere. `close`: a
// descriptor that the child does not want; -1 for none. It is killed when the result goes.
[[nodiscard]] Result<sys::Process> start(std::vector<std::string> arguments,
                                         const std::string& place, int close = -1);
// The state that waitpid gives.
[[nodiscard]] Result<int> wait_for(sys::Process& child);

}  // namespace lectern::crash
