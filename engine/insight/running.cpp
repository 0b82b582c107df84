#include "lectern/running.hpp"

#include <algorithm>
#include <utility>

#include "engine/plugin_host/active_calls.hpp"

namespace lectern {
namespace {

RunningCall told(host::ActiveCall call) {
    return {host::describe(call.plugin, call.stage), std::move(call.function),
            std::chrono::steady_clock::now() - call.begun};
}

}  // namespace

std::vector<RunningCall> running_calls() {
    std::vector<RunningCall> out;
    for (host::ActiveCall& call : host::active_calls()) out.push_back(told(std::move(call)));
    std::sort(out.begin(), out.end(),
              [](const RunningCall& a, const RunningCall& b) { return a.since > b.since; });
    return out;
}

std::optional<RunningCall> overdue_call(const std::stop_token& request,
                                        std::chrono::milliseconds by) {
    if (!request.stop_possible()) return std::nullopt;
    const auto latest = std::chrono::steady_clock::now() - by;
    for (host::ActiveCall& call : host::active_calls())
        if ((call.stop == request || call.maker == request) && call.deadline &&
            *call.deadline < latest)
            return told(std::move(call));
    return std::nullopt;
}

}  // namespace lectern
