// engine/plugin_host/log.hpp: where plugins and their host speak.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "lectern/plugin.h"

namespace lectern::host {

enum class LogLevel : std::int32_t {
    debug = LECTERN_LOG_DEBUG,
    info = LECTERN_LOG_INFO,
    warning = LECTERN_LOG_WARNING,
    error = LECTERN_LOG_ERROR
};

// Called from any thread, also at the same time. `plugin` is "" for the host itself. An exception
// from it is swallowed.
using LogFunction =
    std::function<void(LogLevel level, std::string_view plugin, std::string_view message)>;

}  // namespace lectern::host
