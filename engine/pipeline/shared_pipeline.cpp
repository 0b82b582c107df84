#include "engine/pipeline/shared_pipeline.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "engine/plugin_host/stage_config.hpp"

namespace lectern {
namespace {

namespace fs = std::filesystem;

// What is different once a file was written, replaced or restored.
void add_file(const fs::path& path, std::string& key) {
    struct stat state {};
    key += '\n' + path.string();
    if (::stat(path.c_str(), &state) != 0) return;
    for (const auto part :
         {static_cast<std::int64_t>(state.st_dev), static_cast<std::int64_t>(state.st_ino),
          static_cast<std::int64_t>(state.st_size), static_cast<std::int64_t>(state.st_mtim.tv_sec),
          static_cast<std::int64_t>(state.st_mtim.tv_nsec)})
        key += ' ' + std::to_string(part);
}

// A model is a file, or a folder of files.
void add_path(const fs::path& path, std::string& key) {
    std::error_code error;
    if (!fs::exists(path, error)) return;
    add_file(path, key);
    if (!fs::is_directory(path, error)) return;
    std::vector<fs::path> files;
    for (const fs::directory_entry& entry : fs::directory_iterator(path, error))
        files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    for (const fs::path& file : files) add_file(file, key);
}

// Every text of the options may be a path: only the plugin knows.
void add_paths(const boost::json::value& value, const fs::path& base, const fs::path& models,
               std::string& key) {
    if (const auto* text = value.if_string(); text != nullptr && !text->empty()) {
        add_path(host::resolve_path(fs::path(std::string(*text)), base, models), key);
    } else if (const auto* list = value.if_array()) {
        for (const auto& item : *list) add_paths(item, base, models, key);
    } else if (const auto* object = value.if_object()) {
        for (const auto& item : *object) add_paths(item.value(), base, models, key);
    }
}

std::string key_of(const config::PipelineConfig& config,
                   const std::shared_ptr<host::PluginHost>& host) {
    std::string key = std::to_string(reinterpret_cast<std::uintptr_t>(host.get())) + '\n' +
                      config.base_folder.string() + '\n' + config.text;
    for (const config::StageConfig& stage : config.stages) {
        // With defaults: the model may be one. What is wrong is said when the stage is made.
        auto options = host->check_options(
            {.plugin = stage.plugin, .type = stage.stage, .options = stage.options});
        if (options) add_paths(std::move(*options), config.base_folder, host->models_folder(), key);
    }
    return key;
}

struct Entry {
    std::mutex opening;  // one opens, the others wait
    std::weak_ptr<Pipeline> pipeline;
};

// The entry of a key, made when it is not there; those of pipelines that are gone are dropped.
std::shared_ptr<Entry> entry_of(const std::string& key) {
    static std::mutex mutex;
    static std::map<std::string, std::shared_ptr<Entry>> entries;
    const std::lock_guard lock(mutex);
    std::erase_if(entries, [&key](const auto& entry) {
        return entry.first != key && entry.second.use_count() == 1 &&
               entry.second->pipeline.expired();
    });
    std::shared_ptr<Entry>& entry = entries[key];
    if (entry == nullptr) entry = std::make_shared<Entry>();
    return entry;
}

}  // namespace

Result<std::shared_ptr<Pipeline>> shared_pipeline(config::PipelineConfig config,
                                                  const std::shared_ptr<host::PluginHost>& host) {
    const std::shared_ptr<Entry> entry = entry_of(key_of(config, host));
    const std::lock_guard lock(entry->opening);
    if (auto open = entry->pipeline.lock()) return open;
    // In this order, so that the stages end before their host.
    struct Held {
        std::shared_ptr<host::PluginHost> host;
        std::unique_ptr<Pipeline> pipeline;
    };
    auto held = std::make_shared<Held>();
    held->host = host;
    LECTERN_ASSIGN(held->pipeline, Pipeline::open(std::move(config), *host));
    std::shared_ptr<Pipeline> shared(held, held->pipeline.get());
    entry->pipeline = shared;
    return shared;
}

}  // namespace lectern
