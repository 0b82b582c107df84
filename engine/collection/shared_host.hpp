// engine/collection/shared_host.hpp: one plugin host for all collections that want the same one.
#pragma once

#include <memory>

#include "engine/plugin_host/plugin_host.hpp"
#include "lectern/lectern.hpp"

namespace lectern {

// As many as a pipeline file may ask for.
inline constexpr unsigned max_threads = 1024;

// `folders` resolved. The first caller's log is used as long as the host lives.
[[nodiscard]] Result<std::shared_ptr<host::PluginHost>> shared_host(const Folders& folders,
                                                                    unsigned threads,
                                                                    const Log& log);

// Warnings and errors to stderr: the log of a program that gave none.
[[nodiscard]] Log log_or_stderr(const Log& log);

}  // namespace lectern
