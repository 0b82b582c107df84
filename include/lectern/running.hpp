// lectern/running.hpp: which calls into plugins run at this moment.
//
// A plugin runs in this process, and one that does not come back cannot be ended. A server can say
// which it is, go on without it, and end when it is told to.
#pragma once

#include <chrono>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "lectern/lectern.hpp"

namespace lectern {

struct LECTERN_API RunningCall {
    std::string stage = {};     // "stage 'vectors' (plugin bert)"
    std::string function = {};  // "embed"
    std::chrono::duration<double> since{};
};

// All there are, the longest first. Any thread.
[[nodiscard]] LECTERN_API std::vector<RunningCall> running_calls();

// Of the request that this token stops: a call whose deadline passed so long ago that the stage
// does not look for it. Any thread.
[[nodiscard]] LECTERN_API std::optional<RunningCall> overdue_call(const std::stop_token& request,
                                                                  std::chrono::milliseconds by);

}  // namespace lectern
