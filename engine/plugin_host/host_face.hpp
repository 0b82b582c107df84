// engine/plugin_host/host_face.hpp: what a plugin sees of the engine: log, threads, folders.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <string_view>

#include "engine/plugin_host/log.hpp"
#include "lectern/plugin.h"

namespace lectern::host {

// The services behind every plugin's lectern_host. Shared; safe from any thread. Keeps a private
// temporary folder when there is no cache folder, and removes it at the end.
class HostServices {
 public:
    // The folders are absolute; `cache` may be empty. threads: 1 or more.
    HostServices(LogFunction log, unsigned threads, const std::filesystem::path& models,
                 std::filesystem::path cache);
    HostServices(const HostServices&) = delete;
    HostServices& operator=(const HostServices&) = delete;
    ~HostServices();

    // Swallows what the log function throws.
    void log(LogLevel level, std::string_view plugin, std::string_view message) const noexcept;
    // The same for what a plugin says that other hosts have too: silent after leave(), which waits
    // for those who are speaking. Not from inside of the log function.
    void overhear(LogLevel level, std::string_view plugin, std::string_view message) const noexcept;
    void leave() const noexcept;
    [[nodiscard]] unsigned threads() const noexcept { return threads_; }
    [[nodiscard]] const std::string& models() const noexcept { return models_; }
    [[nodiscard]] const std::filesystem::path& cache() const noexcept { return cache_; }
    // Made when it is not there; "" when that is not possible.
    [[nodiscard]] std::string plugin_cache(const std::string& plugin) const noexcept;

 private:
    LogFunction log_;
    unsigned threads_;
    std::string models_;
    std::filesystem::path cache_;
    mutable std::shared_mutex speaking_;  // guards left_
    mutable bool left_ = false;
    mutable std::mutex mutex_;
    mutable std::filesystem::path temporary_;  // made on demand, under mutex_
};

// One plugin's lectern_host. Its address is its identity: neither copied nor moved.
class HostFace : private lectern_host {
 public:
    HostFace(std::string plugin, std::shared_ptr<const HostServices> services);
    HostFace(const HostFace&) = delete;
    HostFace& operator=(const HostFace&) = delete;
    ~HostFace() = default;

    [[nodiscard]] const lectern_host* get() const noexcept { return this; }
    [[nodiscard]] const HostServices& services() const noexcept { return *services_; }

 private:
    static const HostFace& of(const lectern_host* host) noexcept {
        return *static_cast<const HostFace*>(host);
    }
    static const void* capability(const lectern_host* host, const char* id);
    static void log(const lectern_host* host, std::int32_t level, lectern_text message);
    static std::uint32_t budget(const lectern_host* host);
    static const char* models(const lectern_host* host);
    static const char* cache(const lectern_host* host);

    std::string plugin_;
    std::shared_ptr<const HostServices> services_;
    mutable std::once_flag cache_made_;
    mutable std::string cache_;
};

// The engine's version, "0.1.0".
[[nodiscard]] const char* engine_version() noexcept;

}  // namespace lectern::host
