#include "engine/plugin_host/host_face.hpp"

#include <stdlib.h>

#include <algorithm>
#include <array>
#include <system_error>
#include <utility>

#include "engine/plugin_host/call_context.hpp"

#ifndef LECTERN_VERSION
#error "LECTERN_VERSION comes from the build: the project's version"
#endif

namespace lectern::host {
namespace {

constexpr std::size_t max_log_bytes = 64 * 1024;

// A new folder that only this user can enter, or "".
std::filesystem::path make_temporary_folder() {
    std::error_code error;
    std::string name = (std::filesystem::temp_directory_path(error) / "lectern-XXXXXX").string();
    if (error || ::mkdtemp(name.data()) == nullptr) return {};
    return name;
}

}  // namespace

const char* engine_version() noexcept {
    return LECTERN_VERSION;
}

HostServices::HostServices(LogFunction log, unsigned threads, const std::filesystem::path& models,
                           std::filesystem::path cache)
    : log_(std::move(log)),
      threads_(std::max(1U, threads)),
      models_(models.string()),
      cache_(std::move(cache)) {}

HostServices::~HostServices() {
    std::error_code ignored;
    if (!temporary_.empty()) std::filesystem::remove_all(temporary_, ignored);
}

void HostServices::log(LogLevel level, std::string_view plugin,
                       std::string_view message) const noexcept {
    if (!log_) return;
    try {
        log_(level, plugin, message);
    } catch (...) {
        return;  // a log that fails stops nothing
    }
}

void HostServices::overhear(LogLevel level, std::string_view plugin,
                            std::string_view message) const noexcept {
    const std::shared_lock lock(speaking_);
    if (!left_) log(level, plugin, message);
}

void HostServices::leave() const noexcept {
    const std::unique_lock lock(speaking_);
    left_ = true;
}

std::string HostServices::plugin_cache(const std::string& plugin) const noexcept {
    try {
        std::error_code error;
        if (!cache_.empty()) {
            const auto folder = cache_ / "plugins" / plugin;
            std::filesystem::create_directories(folder, error);
            if (!error) return folder.string();
            log(LogLevel::warning, plugin,
                "the cache folder " + folder.string() + " cannot be made (" + error.message() +
                    "); a temporary one is used");
        }
        const std::lock_guard lock(mutex_);
        if (temporary_.empty()) temporary_ = make_temporary_folder();
        if (temporary_.empty()) return {};
        const auto folder = temporary_ / plugin;
        std::filesystem::create_directories(folder, error);
        return error ? std::string{} : folder.string();
    } catch (...) {
        return {};
    }
}

HostFace::HostFace(std::string plugin, std::shared_ptr<const HostServices> services)
    : lectern_host{sizeof(lectern_host), LECTERN_ABI_MAJOR, LECTERN_ABI_MINOR, "lectern",
                   engine_version(),     &capability},
      plugin_(std::move(plugin)),
      services_(std::move(services)) {}

const void* HostFace::capability(const lectern_host* /*host*/, const char* id) {
    static const lectern_host_log log_table{sizeof(lectern_host_log), 0, &log};
    static const lectern_host_threads threads_table{sizeof(lectern_host_threads), 0, &budget};
    static const lectern_host_folders folders_table{sizeof(lectern_host_folders), 0, &models,
                                                    &cache};
    if (id == nullptr) return nullptr;
    const std::string_view wanted(id);
    if (wanted == LECTERN_HOST_LOG) return &log_table;
    if (wanted == LECTERN_HOST_THREADS) return &threads_table;
    if (wanted == LECTERN_HOST_FOLDERS) return &folders_table;
    return nullptr;
}

void HostFace::log(const lectern_host* host, std::int32_t level, lectern_text message) {
    try {
        const HostFace& face = of(host);
        const auto clamped = std::clamp<std::int32_t>(level, LECTERN_LOG_DEBUG, LECTERN_LOG_ERROR);
        face.services_->log(static_cast<LogLevel>(clamped), face.plugin_,
                            clean_text(message, max_log_bytes));
    } catch (...) {
        return;  // out of memory: the message is lost
    }
}

std::uint32_t HostFace::budget(const lectern_host* host) {
    return of(host).services_->threads();
}

const char* HostFace::models(const lectern_host* host) {
    return of(host).services_->models().c_str();
}

const char* HostFace::cache(const lectern_host* host) {
    const HostFace& face = of(host);
    std::call_once(face.cache_made_,
                   [&] { face.cache_ = face.services_->plugin_cache(face.plugin_); });
    return face.cache_.c_str();
}

}  // namespace lectern::host
