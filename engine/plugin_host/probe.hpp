// engine/plugin_host/probe.hpp: a plugin is tried in a child process first.
#pragma once

#include <chrono>
#include <filesystem>

#include "engine/plugin_host/verdict.hpp"
#include "lectern/status.hpp"

namespace lectern::host {

struct ProbeOptions {
    std::filesystem::path program;  // lectern-probe
    std::chrono::milliseconds timeout{20'000};
    std::filesystem::path models_folder = {};
    std::filesystem::path cache_folder = {};
};

// Runs `program plugin` and waits for it, at most `timeout`. The child loads the plugin, checks it,
// runs init and deinit, and reports on file descriptor 3; what it writes elsewhere is dropped, but
// for the last line of its errors. The child and what it has started are ended before this returns.
// A failure means that the probe itself could not run.
[[nodiscard]] Result<Verdict> probe(const std::filesystem::path& plugin,
                                    const ProbeOptions& options);

// The child's words on file descriptor 3, a line each.
inline constexpr int probe_report_fd = 3;
inline constexpr const char* probe_loading = "loading";
inline constexpr const char* probe_init = "init";
inline constexpr const char* probe_deinit = "deinit";
inline constexpr const char* probe_result = "result ";  // and the verdict as JSON

}  // namespace lectern::host
