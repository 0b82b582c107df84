// engine/plugin_host/active_calls.hpp: which calls into plugins run at this moment.
//
// A plugin that does not come back cannot be ended, but it can be named; one that ends the process
// must not look like success.
#pragma once

#include <chrono>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "engine/plugin_host/call_context.hpp"

namespace lectern::host {

// While it lives, this thread is in a call of a plugin. Calls nest: a reader asks for an embedding.
// All that it is given must outlive it.
class CallMark {
 public:
    CallMark(std::string_view plugin, std::string_view stage, std::string_view function,
             const Interrupt& interrupt) noexcept;
    CallMark(const CallMark&) = delete;
    CallMark& operator=(const CallMark&) = delete;
    ~CallMark();

    const std::string_view plugin;
    const std::string_view stage;  // in the pipeline; "" before it is made
    const std::string_view function;
    const Interrupt& interrupt;
    const std::chrono::steady_clock::time_point begun = std::chrono::steady_clock::now();
    const CallMark* const outer;
};

struct ActiveCall {
    std::string plugin;
    std::string stage;
    std::string function;
    std::chrono::steady_clock::time_point begun;
    std::optional<std::chrono::steady_clock::time_point> deadline;
    std::stop_token stop;
    std::stop_token maker;
};

// The innermost call of each thread that is in one. Any thread.
[[nodiscard]] std::vector<ActiveCall> active_calls();

// "stage 'vectors' (plugin bert)"; without a stage "plugin 'bert'".
[[nodiscard]] std::string describe(std::string_view plugin, std::string_view stage);

// A service of the host failed for the stage that this thread is calling ("count_tokens" has no
// place for a reason). When the stage then fails as well, its failure says why.
void note_service_failure(const Status& failure) noexcept;
// What was noted since the last time; it is forgotten.
[[nodiscard]] Status take_service_failure() noexcept;

// From now on, a plugin that calls exit() ends the process with code 1 and a line on the standard
// errors that names it, before anything else that is done at an exit. Called when a plugin has been
// loaded: what is registered last is done first. `library`: the plugin's file.
void guard_exit(const std::string& library);

}  // namespace lectern::host
