#include <algorithm>
#include <cstdio>
#include <string>
#include <thread>
#include <utility>

#include "engine/collection/engine_impl.hpp"
#include "engine/collection/folders.hpp"
#include "engine/plugin_host/entry_check.hpp"
#include "lectern/lectern.hpp"

namespace lectern {
namespace {

// As many as a pipeline file may ask for.
constexpr unsigned max_threads = 1024;

// The log of a program that gave none.
void warn_on_stderr(LogLevel level, std::string_view source, std::string_view message) {
    if (level < LogLevel::warning) return;
    const std::string line =
        "lectern: " + (source.empty() ? std::string{} : std::string(source) + ": ") +
        std::string(message) + "\n";
    std::fwrite(line.data(), 1, line.size(), stderr);
}

PluginInfo info_of(const host::UsablePlugin& plugin) {
    PluginInfo info{plugin.path,
                    plugin.name,
                    plugin.version,
                    plugin.description,
                    plugin.license,
                    std::to_string(plugin.abi_major) + "." + std::to_string(plugin.abi_minor),
                    {},
                    {}};
    for (const host::StageType& type : plugin.stage_types)
        info.stages.push_back(
            {type.name, std::string(host::name(type.kind)), type.description, type.options_schema});
    return info;
}

}  // namespace

Result<std::shared_ptr<ModelRegistry>> Engine::Impl::models(unsigned of_pipeline) {
    const std::lock_guard lock(mutex_);
    if (models_ != nullptr) return models_;
    const unsigned used = threads > 0       ? threads
                          : of_pipeline > 0 ? of_pipeline
                                            : std::max(std::thread::hardware_concurrency(), 1U);
    host::HostOptions options{
        .plugin_folders = folders.plugins,
        .entries = entries_,
        .shipped_folders = shipped_plugin_folders(),
        .owners = plugin_owners(),
        .models_folder = folders.models,
        .cache_folder = folders.cache,
        .threads = used,
        .log =
            [log = log](host::LogLevel level, std::string_view plugin, std::string_view message) {
                log(static_cast<LogLevel>(level), plugin, message);
            },
        .probe_program = {}};
    LECTERN_ASSIGN(auto host, host::PluginHost::open(std::move(options)));
    models_ = std::make_shared<ModelRegistry>(std::move(host), used);
    return models_;
}

Status Engine::Impl::add_plugin(const ::lectern_plugin& entry) {
    const std::lock_guard lock(mutex_);
    if (models_ != nullptr) return models_->host().add(entry);
    // What is wrong with it is said now, and not by the first pipeline.
    const auto info = host::check_entry(entry, 0, {});
    if (!info) return {Code::invalid_argument, info.status().message()};
    for (const ::lectern_plugin* other : entries_)
        if (info->name == other->name)
            return {Code::invalid_argument,
                    "the name '" + info->name + "' is taken by a plugin of this program"};
    if (host::ships(info->name))
        return {Code::invalid_argument,
                "the name '" + info->name +
                    "' is that of a plugin that ships with Lectern; give yours another name"};
    entries_.push_back(&entry);
    return {};
}

Engine::Engine(std::shared_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}

Result<std::shared_ptr<Engine::Impl>> Engine::Impl::make(EngineOptions options) {
    if (options.threads > max_threads)
        return Status{Code::invalid_argument, "threads is " + std::to_string(options.threads) +
                                                  "; it must be 0 to " +
                                                  std::to_string(max_threads)};
    if (!options.log) options.log = &warn_on_stderr;
    options.folders = resolve(std::move(options.folders));
    return std::make_shared<Impl>(std::move(options));
}

Result<Engine> Engine::create(EngineOptions options) {
    LECTERN_ASSIGN(auto impl, Impl::make(std::move(options)));
    return Engine(std::move(impl));
}

Result<std::vector<PluginInfo>> Engine::plugins() const {
    LECTERN_ASSIGN(const auto models, impl_->models(0));
    std::vector<PluginInfo> out;
    for (const host::UsablePlugin& plugin : models->host().plugins())
        out.push_back(info_of(plugin));
    for (const host::RefusedPlugin& plugin : models->host().refused()) {
        PluginInfo info;
        info.path = plugin.path;
        info.name = plugin.name;
        info.refused = {Code::unsupported, plugin.reason};
        out.push_back(std::move(info));
    }
    return out;
}

Status Engine::add_plugin(const ::lectern_plugin& entry) const {
    return impl_->add_plugin(entry);
}

const Folders& Engine::folders() const noexcept {
    return impl_->folders;
}

Result<std::vector<PluginInfo>> list_plugins(const Folders& folders, const Log& log) {
    LECTERN_ASSIGN(const Engine engine, Engine::create({.folders = folders, .log = log}));
    return engine.plugins();
}

}  // namespace lectern
