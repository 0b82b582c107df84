// lectern/plugin/host.hpp: the services of the host.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "lectern/plugin/base.hpp"
#include "lectern/plugin/host.h"

namespace lectern::plugin {

// The host's services. Copies are cheap; valid as long as the plugin is loaded.
class Host {
 public:
    Host() = default;
    explicit Host(const lectern_host* host) noexcept : host_(host) {}

    template <typename Table>
    [[nodiscard]] const Table* capability(const char* id) const noexcept {
        return host_ == nullptr ? nullptr
                                : static_cast<const Table*>(host_->get_capability(host_, id));
    }
    void log(std::int32_t level, std::string_view message) const noexcept {
        if (const auto* table = capability<lectern_host_log>(LECTERN_HOST_LOG))
            table->log(host_, level, text(message));
    }
    // Threads this plugin may keep busy at once.
    [[nodiscard]] unsigned threads() const noexcept {
        const auto* table = capability<lectern_host_threads>(LECTERN_HOST_THREADS);
        return table == nullptr ? 1 : table->budget(host_);
    }
    [[nodiscard]] std::string models_folder() const {
        const auto* table = capability<lectern_host_folders>(LECTERN_HOST_FOLDERS);
        return table == nullptr ? std::string{} : table->models(host_);
    }
    // A folder for derived files, or "" when the host has none.
    [[nodiscard]] std::string cache_folder() const {
        const auto* table = capability<lectern_host_folders>(LECTERN_HOST_FOLDERS);
        return table == nullptr ? std::string{} : table->cache(host_);
    }

 private:
    const lectern_host* host_ = nullptr;
};

}  // namespace lectern::plugin
