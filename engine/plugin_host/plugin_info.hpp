// engine/plugin_host/plugin_info.hpp: what is known of a plugin without running it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "engine/plugin_host/stage.hpp"

namespace lectern::host {

// A stage type that can be created.
struct StageType {
    std::string name = {};
    std::string description = {};
    StageKind kind = StageKind::custom;
    std::string options_schema = {};  // JSON Schema, or "" for a stage without options
};

// A plugin that can be used.
struct UsablePlugin {
    std::string name = {};
    std::string version = {};
    std::string description = {};
    std::string license = {};
    std::filesystem::path path = {};  // absolute
    unsigned abi_major = 0;
    unsigned abi_minor = 0;
    std::vector<StageType> stage_types = {};
    std::vector<std::string> left_out = {};  // stage types that cannot be used, "name: reason"
};

// A file that looks like a plugin and is not used.
struct RefusedPlugin {
    std::filesystem::path path = {};
    std::string name = {};  // the plugin's name when it is known, else the file's without ".so"
    std::string reason = {};
};

}  // namespace lectern::host
