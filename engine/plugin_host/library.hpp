// engine/plugin_host/library.hpp: a plugin's shared object, opened, with its checked entry.
#pragma once

#include <boost/dll/shared_library.hpp>
#include <filesystem>
#include <string>

#include "engine/plugin_host/plugin_info.hpp"
#include "lectern/plugin.h"
#include "lectern/status.hpp"

namespace lectern::host {

struct Library {
    boost::dll::shared_library handle;
    const lectern_plugin* entry = nullptr;  // in the shared object
    UsablePlugin info;
};

struct LibraryFailure {
    std::string name;    // of the plugin, when it is known
    std::string reason;  // "what; what to do"
    bool lasting =
        false;  // holds until the file changes; otherwise its surroundings may be at fault
};

// Opens (RTLD_NOW | RTLD_LOCAL; runs the constructors of the shared object), finds the entry and
// checks it. Calls no function of the plugin. The code stays mapped until the process ends. On
// failure, `failure` says more than the Status.
[[nodiscard]] Result<Library> open_library(const std::filesystem::path& path,
                                           LibraryFailure& failure);

}  // namespace lectern::host
