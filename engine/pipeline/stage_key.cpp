#include "engine/pipeline/stage_key.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <cstdint>
#include <filesystem>
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

}  // namespace

std::string stage_key(const config::PipelineConfig& pipeline, const config::StageConfig& stage,
                      const host::PluginHost& host) {
    std::string key;
    for (const std::string& part :
         {stage.plugin, stage.stage, stage.name, pipeline.base_folder.string()})
        key += part + '\n';
    // With defaults: the model may be one. What is wrong is said when the stage is made.
    auto options =
        host.check_options({.plugin = stage.plugin, .type = stage.stage, .options = stage.options});
    key += boost::json::serialize(options ? *options : stage.options);
    if (options) add_paths(std::move(*options), pipeline.base_folder, host.models_folder(), key);
    return key;
}

}  // namespace lectern
