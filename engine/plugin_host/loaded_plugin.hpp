// engine/plugin_host/loaded_plugin.hpp: a plugin that is loaded and initialised.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "engine/plugin_host/call_context.hpp"
#include "engine/plugin_host/host_face.hpp"
#include "engine/plugin_host/library.hpp"
#include "lectern/plugin.h"
#include "lectern/status.hpp"

namespace lectern::host {

// Shared by everyone in the process who uses the same file, because the system's loader has it
// once: the hosts and every stage. init has run; deinit runs when the last of them is gone, and
// only then may another load run init again. The lectern_host of init has the folders and threads
// of the host that loaded it first, and what it is told goes to the logs of all hosts that use it:
// it belongs to none of them. A stage has the lectern_host of its own host.
class LoadedPlugin {
 public:
    // The plugin of that file, loaded and initialised now when it is not yet. Any thread; threads
    // that want the same file wait for each other.
    [[nodiscard]] static Result<std::shared_ptr<const LoadedPlugin>> load(
        const std::filesystem::path& path, std::shared_ptr<const HostServices> services,
        const Interrupt& interrupt);

    // The same of a plugin that is part of this process; `info` is what check_entry said of it.
    [[nodiscard]] static Result<std::shared_ptr<const LoadedPlugin>> load(
        const lectern_plugin& entry, const UsablePlugin& info,
        std::shared_ptr<const HostServices> services, const Interrupt& interrupt);

    LoadedPlugin(const LoadedPlugin&) = delete;
    LoadedPlugin& operator=(const LoadedPlugin&) = delete;
    ~LoadedPlugin();

    [[nodiscard]] const UsablePlugin& info() const noexcept { return library_.info; }
    [[nodiscard]] const lectern_host* host() const noexcept { return face_->get(); }
    // Of that name, or nullptr.
    [[nodiscard]] const lectern_stage_type* find(std::string_view type) const noexcept;

 private:
    struct Slot;      // one file's place in the process
    struct Audience;  // the hosts that use it
    LoadedPlugin(Library library, std::shared_ptr<Audience> audience,
                 std::unique_ptr<HostFace> face, std::shared_ptr<Slot> slot);
    static std::shared_ptr<Slot> slot_of(const std::filesystem::path& path);
    static std::shared_ptr<Slot> slot_of(const lectern_plugin& entry);
    static Result<std::shared_ptr<const LoadedPlugin>> load(
        const std::shared_ptr<Slot>& slot, const std::function<Result<Library>()>& open,
        const std::shared_ptr<const HostServices>& services, const Interrupt& interrupt);

    Library library_;
    std::shared_ptr<Audience> audience_;
    std::unique_ptr<HostFace> face_;
    std::shared_ptr<Slot> slot_;
};

// Runs the plugin's init, when it has one. The failure's message is the plugin's.
[[nodiscard]] Status initialise(const lectern_plugin& entry, const lectern_host* host,
                                const Interrupt& interrupt);

}  // namespace lectern::host
