// engine/plugin_host/plugin_host.hpp: finds plugins, checks them, makes stages from them.
//
// A plugin that is seen for the first time is tried in a child process (lectern-probe): loaded,
// checked, initialised. One that crashes, hangs, exits or fails there is listed as refused with
// the reason and is never loaded here. The verdict, with all that `lectern plugins` prints, is kept
// in the cache folder by path, content and engine version; so opening a host loads nothing, and a
// plugin is loaded and initialised only when the first stage is made from it.
#pragma once

#include <boost/json/object.hpp>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "engine/plugin_host/call_context.hpp"
#include "engine/plugin_host/log.hpp"
#include "engine/plugin_host/plugin_info.hpp"
#include "engine/plugin_host/port.hpp"
#include "engine/plugin_host/stage.hpp"
#include "lectern/plugin.h"
#include "lectern/status.hpp"

namespace lectern::host {

struct HostOptions {
    // Searched in this order for *.so files (not below); the first plugin of a name wins. Folders
    // that do not exist are passed over with a warning.
    std::vector<std::filesystem::path> plugin_folders = {};
    // Plugins that are part of this process, which come before those of the folders; see add().
    std::vector<const lectern_plugin*> entries = {};
    // Those of the folders whose plugins ship with the engine: only a file there may have the name
    // of one. Empty: no name is kept for anybody.
    std::vector<std::filesystem::path> shipped_folders = {};
    // Users whose plugins are loaded, besides root and the one that this process runs as.
    std::vector<unsigned> owners = {};
    std::filesystem::path models_folder = {};  // made absolute; need not exist
    // Made when missing. Empty: nothing is remembered, and plugins get a folder below the system's
    // temporary one.
    std::filesystem::path cache_folder = {};
    unsigned threads = 0;  // a plugin's budget; 0: the cores this process may use
    LogFunction log = {};  // empty: dropped

    bool probe = true;  // false: trusted plugins are loaded here to be listed
    // Empty: lectern-probe in ../lib/lectern of the running program's folder, above a plugin
    // folder, or where it was installed.
    std::filesystem::path probe_program = {};
    std::chrono::milliseconds probe_timeout{20'000};
};

struct StageRequest {
    std::string plugin = {};
    std::string type = {};  // "": the plugin's only stage type
    std::string name = {};  // in the pipeline: "vectors"
    boost::json::object options = {};
    std::filesystem::path base_folder = {};  // of the pipeline file; "": none
    // Must outlive the stage; nullptr: a pipeline that answers LECTERN_UNAVAILABLE.
    const lectern_pipeline* pipeline = nullptr;
    // "bert.yaml:12:5" for an option's path ("pooling", "window/size"), or for the stage ("") —
    // config::StageConfig::option_place(path).text(). Put before the error. Empty: no places.
    std::function<std::string(std::string_view option)> place = {};
    Interrupt interrupt = {};  // loading a model may take a while
};

// All functions may be called from any thread, also at the same time. A host must not be copied or
// moved; its stages may outlive it.
class PluginHost {
 public:
    // Looks at every plugin file. Fails only when the options are wrong (a folder that cannot be
    // made or read); bad plugins are refused, never a failure.
    [[nodiscard]] static Result<std::unique_ptr<PluginHost>> open(HostOptions options);
    ~PluginHost();
    PluginHost(const PluginHost&) = delete;
    PluginHost& operator=(const PluginHost&) = delete;

    // A plugin that is part of this process: its entry must stay until the process ends, and it is
    // trusted. Its init runs when the first stage is made from it. invalid_argument when the entry
    // is wrong or its name is taken.
    [[nodiscard]] Status add(const lectern_plugin& entry);

    // By name. A plugin whose init fails later moves to refused().
    [[nodiscard]] std::vector<UsablePlugin> plugins() const;
    // In the order in which they were seen.
    [[nodiscard]] std::vector<RefusedPlugin> refused() const;

    // The stage type that a request means: for checks before anything is loaded.
    [[nodiscard]] Result<StageType> find(std::string_view plugin, std::string_view type) const;

    // The options checked against the stage type's schema, with defaults filled in. `name` and
    // `place` as in StageRequest. Loads nothing.
    [[nodiscard]] Result<boost::json::object> check_options(const StageRequest& request) const;

    // Loads and initialises the plugin when it is the first stage of it, checks the options, makes
    // the stage and checks it. May take seconds (a model is read).
    [[nodiscard]] Result<Stage> create(const StageRequest& request);

    [[nodiscard]] const std::vector<std::filesystem::path>& plugin_folders() const noexcept;
    [[nodiscard]] const std::filesystem::path& models_folder() const noexcept;

 private:
    struct State;
    explicit PluginHost(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

// Whether a plugin of that name ships with the engine.
[[nodiscard]] bool ships(std::string_view name) noexcept;

// The folder of the running program, and what is beside it when the program stands in bin/ of a
// build or an installation: "../lib/lectern/plugins". Empty when the system does not say.
[[nodiscard]] std::filesystem::path program_folder();
[[nodiscard]] std::filesystem::path plugins_beside_program();

}  // namespace lectern::host
