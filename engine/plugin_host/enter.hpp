// engine/plugin_host/enter.hpp: the one way into a plugin's code. Internal to engine/plugin_host.
#pragma once

#include <exception>
#include <string>
#include <string_view>
#include <utility>

#include "engine/plugin_host/active_calls.hpp"
#include "engine/plugin_host/call_context.hpp"
#include "engine/plugin_host/stage.hpp"

namespace lectern::host {

// What a plugin let out, which it must not.
[[nodiscard]] inline Status thrown(std::string_view function, std::string_view what) {
    std::string message =
        "its " + std::string(function) + " threw an exception across the boundary";
    if (!what.empty()) message += " (" + clean_text({what.data(), what.size()}, 1000) + ")";
    return {Code::internal, std::move(message) + "; report it to the plugin's author"};
}

// Runs `function`, which calls the plugin and returns what it gave. Nothing that it throws comes
// out: `failure` says so then.
template <typename Value, typename Function>
Value contained(std::string_view plugin, std::string_view stage, std::string_view name,
                const Interrupt& interrupt, Status& failure, Function&& function) {
    const CallMark mark(plugin, stage, name, interrupt);
    try {
        return std::forward<Function>(function)();
    } catch (const std::exception& error) {
        failure = thrown(name, error.what());
    } catch (...) {
        failure = thrown(name, {});
    }
    return Value{};
}

// A call of a stage with its context: how it ended, "stage 'vectors' (plugin bert): what; what to
// do".
template <typename Function>
[[nodiscard]] Status enter(const Stage& stage, std::string_view name, CallContext& call,
                           Function&& function) {
    Status failure;
    (void)take_service_failure();
    const auto code = contained<lectern_code>(stage.plugin(), stage.name(), name, call.interrupt(),
                                              failure, std::forward<Function>(function));
    const Status service = take_service_failure();
    // What the host has kept comes first: the plugin may have thrown because of it.
    Status ended = call.status(failure.ok() ? code : LECTERN_OK, stage.describe());
    if (ended.ok()) return failure.within(stage.describe());
    if (service.ok() || ended.message().ends_with(service.message())) return ended;
    return {ended.code(), ended.message() + ": " + service.message()};
}

// What a sink says of what breaks a rule of plugin.h; the stage's name comes before it.
[[nodiscard]] inline Status broken(std::string what) {
    return {Code::internal, "it " + std::move(what) + "; report it to the plugin's author"};
}

// The same of a result that is looked at behind the call.
[[nodiscard]] inline Status defect(const Stage& stage, std::string what) {
    return {Code::internal,
            stage.describe() + " " + std::move(what) + "; report it to the plugin's author"};
}

}  // namespace lectern::host
