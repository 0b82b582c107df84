#include "engine/collection/shared_host.hpp"

#include <cstdio>
#include <map>
#include <mutex>
#include <string>
#include <thread>

namespace lectern {

Log log_or_stderr(const Log& log) {
    if (log) return log;
    return [](LogLevel level, std::string_view source, std::string_view message) {
        if (level < LogLevel::warning) return;
        const std::string line =
            "lectern: " + (source.empty() ? std::string{} : std::string(source) + ": ") +
            std::string(message) + "\n";
        std::fwrite(line.data(), 1, line.size(), stderr);
    };
}

Result<std::shared_ptr<host::PluginHost>> shared_host(const Folders& folders, unsigned threads,
                                                      const Log& log) {
    static std::mutex mutex;
    static std::map<std::string, std::weak_ptr<host::PluginHost>> hosts;
    if (threads > max_threads)
        return Status{Code::invalid_argument, "threads is " + std::to_string(threads) +
                                                  "; it must be 0 to " +
                                                  std::to_string(max_threads)};
    if (threads == 0) threads = std::max(std::thread::hardware_concurrency(), 1U);
    std::string key =
        std::to_string(threads) + "\n" + folders.models.string() + "\n" + folders.cache.string();
    for (const auto& folder : folders.plugins) key += "\n" + folder.string();

    const std::lock_guard lock(mutex);
    if (auto found = hosts[key].lock()) return found;
    host::HostOptions options{
        .plugin_folders = folders.plugins,
        .models_folder = folders.models,
        .cache_folder = folders.cache,
        .threads = threads,
        .log =
            [log = log_or_stderr(log)](host::LogLevel level, std::string_view plugin,
                                       std::string_view message) {
                log(static_cast<LogLevel>(level), plugin, message);
            },
        .probe_program = {}};
    LECTERN_ASSIGN(auto opened, host::PluginHost::open(std::move(options)));
    std::shared_ptr<host::PluginHost> shared = std::move(opened);
    hosts[key] = shared;
    return shared;
}

}  // namespace lectern
