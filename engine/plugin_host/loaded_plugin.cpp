#include "engine/plugin_host/loaded_plugin.hpp"

#include <sys/stat.h>

#include <condition_variable>
#include <map>
#include <mutex>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/plugin_host/active_calls.hpp"
#include "engine/plugin_host/enter.hpp"

namespace lectern::host {

struct LoadedPlugin::Slot {
    std::mutex mutex;
    std::condition_variable ended;
    bool live = false;  // between init and the end of deinit
    std::weak_ptr<const LoadedPlugin> plugin;
};

struct LoadedPlugin::Audience {
    std::mutex mutex;
    std::vector<std::weak_ptr<const HostServices>> hosts;

    void join(const std::shared_ptr<const HostServices>& host) {
        const std::lock_guard lock(mutex);
        std::erase_if(hosts, [](const auto& one) { return one.expired(); });
        hosts.emplace_back(host);
    }
    void say(LogLevel level, std::string_view plugin, std::string_view message) {
        std::vector<std::weak_ptr<const HostServices>> now;
        {
            const std::lock_guard lock(mutex);
            now = hosts;
        }
        for (const auto& one : now)
            if (const auto host = one.lock()) host->overhear(level, plugin, message);
    }
};

std::shared_ptr<LoadedPlugin::Slot> LoadedPlugin::slot_of(const std::filesystem::path& path) {
    // By what the file is, not by its name: links to one file are one library to the loader too.
    using Key = std::pair<dev_t, ino_t>;
    static std::mutex mutex;
    static std::map<Key, std::shared_ptr<Slot>> slots;
    struct stat file {};
    if (::stat(path.c_str(), &file) != 0) return std::make_shared<Slot>();
    const std::lock_guard lock(mutex);
    auto& slot = slots[{file.st_dev, file.st_ino}];
    if (!slot) slot = std::make_shared<Slot>();
    return slot;
}

std::shared_ptr<LoadedPlugin::Slot> LoadedPlugin::slot_of(const lectern_plugin& entry) {
    static std::mutex mutex;
    static std::map<const lectern_plugin*, std::shared_ptr<Slot>> slots;
    const std::lock_guard lock(mutex);
    auto& slot = slots[&entry];
    if (!slot) slot = std::make_shared<Slot>();
    return slot;
}

Status initialise(const lectern_plugin& entry, const lectern_host* host,
                  const Interrupt& interrupt) {
    if (entry.init == nullptr) return {};
    CallContext call(interrupt);
    Status failure;
    const auto code = contained<lectern_code>(entry.name, {}, "init", interrupt, failure,
                                              [&] { return entry.init(call.get(), host); });
    return failure.ok() ? call.status(code, "its init failed") : failure;
}

LoadedPlugin::LoadedPlugin(Library library, std::shared_ptr<Audience> audience,
                           std::unique_ptr<HostFace> face, std::shared_ptr<Slot> slot)
    : library_(std::move(library)),
      audience_(std::move(audience)),
      face_(std::move(face)),
      slot_(std::move(slot)) {}

LoadedPlugin::~LoadedPlugin() {
    if (library_.entry->deinit != nullptr) {
        Status failure;
        const Interrupt none;
        contained<int>(info().name, {}, "deinit", none, failure, [this] {
            library_.entry->deinit();
            return 0;
        });
        if (!failure.ok()) face_->services().log(LogLevel::error, info().name, failure.message());
    }
    const std::lock_guard lock(slot_->mutex);
    slot_->live = false;
    slot_->ended.notify_all();
}

const lectern_stage_type* LoadedPlugin::find(std::string_view type) const noexcept {
    const auto& entry = *library_.entry;
    for (const StageType& info : library_.info.stage_types) {
        if (info.name != type) continue;
        for (std::uint32_t i = 0; i < entry.stage_type_count; ++i) {
            const lectern_stage_type* one = entry.stage_types[i];
            if (one != nullptr && LECTERN_HAS(one, name) && one->name != nullptr &&
                type == one->name && one->create != nullptr)
                return one;
        }
    }
    return nullptr;
}

Result<std::shared_ptr<const LoadedPlugin>> LoadedPlugin::load(
    const std::filesystem::path& path, std::shared_ptr<const HostServices> services,
    const Interrupt& interrupt) {
    const auto open = [&path]() -> Result<Library> {
        LibraryFailure failure;
        LECTERN_ASSIGN(Library library, open_library(path, failure));
        guard_exit(path.string());
        return library;
    };
    return load(slot_of(path), open, services, interrupt);
}

Result<std::shared_ptr<const LoadedPlugin>> LoadedPlugin::load(
    const lectern_plugin& entry, const UsablePlugin& info,
    std::shared_ptr<const HostServices> services, const Interrupt& interrupt) {
    const auto open = [&]() -> Result<Library> { return Library{{}, &entry, info}; };
    return load(slot_of(entry), open, services, interrupt);
}

Result<std::shared_ptr<const LoadedPlugin>> LoadedPlugin::load(
    const std::shared_ptr<Slot>& slot, const std::function<Result<Library>()>& open,
    const std::shared_ptr<const HostServices>& services, const Interrupt& interrupt) {
    std::unique_lock lock(slot->mutex);
    const auto live = [&] {
        auto plugin = slot->plugin.lock();
        if (plugin != nullptr) plugin->audience_->join(services);
        return plugin;
    };
    if (auto plugin = live()) return plugin;
    // The last user is gone, and its deinit may still be running.
    slot->ended.wait(lock, [&] { return !slot->live; });
    if (auto plugin = live()) return plugin;

    LECTERN_ASSIGN(Library library, open());
    auto audience = std::make_shared<Audience>();
    audience->join(services);
    auto face = std::make_unique<HostFace>(
        library.info.name,
        std::make_shared<const HostServices>(
            [audience](LogLevel level, std::string_view plugin, std::string_view message) {
                audience->say(level, plugin, message);
            },
            services->threads(), services->models(), services->cache()));
    LECTERN_TRY(initialise(*library.entry, face->get(), interrupt));
    slot->live = true;
    // The constructor is private to keep init and deinit in pairs.
    std::shared_ptr<const LoadedPlugin> plugin(new LoadedPlugin(  // NOLINT
        std::move(library), std::move(audience), std::move(face), slot));
    slot->plugin = plugin;
    return plugin;
}

}  // namespace lectern::host
