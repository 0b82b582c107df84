#include "engine/plugin_host/plugin_host.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <system_error>
#include <thread>
#include <utility>

#include "engine/plugin_host/enter.hpp"
#include "engine/plugin_host/entry_check.hpp"
#include "engine/plugin_host/host_face.hpp"
#include "engine/plugin_host/library.hpp"
#include "engine/plugin_host/loaded_plugin.hpp"
#include "engine/plugin_host/option_schema.hpp"
#include "engine/plugin_host/probe.hpp"
#include "engine/plugin_host/stage_check.hpp"
#include "engine/plugin_host/stage_config.hpp"
#include "engine/plugin_host/verdict.hpp"
#include "text/suggest.hpp"

#ifndef LECTERN_PROBE_INSTALLED
#error "LECTERN_PROBE_INSTALLED comes from the build: where lectern-probe is installed"
#endif

namespace lectern::host {
namespace {

namespace fs = std::filesystem;

fs::path full_path(const fs::path& path) {
    if (path.empty()) return {};
    std::error_code error;
    const fs::path out = fs::absolute(path, error);
    return error ? path : out.lexically_normal();
}

bool is_file(const fs::path& path) {
    std::error_code ignored;
    return fs::is_regular_file(path, ignored);
}

// lectern-probe, or "".
fs::path find_probe(const HostOptions& options) {
    if (!options.probe_program.empty()) return full_path(options.probe_program);
    constexpr const char* name = "lectern-probe";
    std::vector<fs::path> places{program_folder() / "../lib/lectern" / name};
    for (const fs::path& folder : options.plugin_folders) places.push_back(folder / ".." / name);
    places.emplace_back(LECTERN_PROBE_INSTALLED);
    for (const fs::path& place : places)
        if (is_file(place)) return full_path(place);
    return {};
}

// The *.so files of a folder in the order of their names.
Result<std::vector<fs::path>> plugin_files(const fs::path& folder) {
    std::vector<fs::path> out;
    std::error_code error;
    fs::directory_iterator at(folder, error);
    if (error == std::errc::no_such_file_or_directory) return out;
    for (; !error && at != fs::directory_iterator(); at.increment(error)) {
        const fs::path& path = at->path();
        if (path.extension() == ".so" && !path.filename().string().starts_with('.') &&
            !at->is_directory())
            out.push_back(path);
    }
    if (error)
        return {Code::unavailable, "the plugin folder " + folder.string() + " cannot be read: " +
                                       error.message() + "; check the path and its permissions"};
    std::sort(out.begin(), out.end());
    return out;
}

// The names of the plugins that ship.
constexpr std::array<std::string_view, 11> shipped_names{
    "bert",     "data",  "documents", "gpt",       "mail", "office",
    "passages", "tasks", "word2vec",  "wordpiece", "words"};

// "" when nobody but root, this user and those that are trusted can change the file. Its code would
// run as this user.
std::string untrusted(const fs::path& path, const std::vector<unsigned>& owners) {
    struct stat file {};
    if (::stat(path.c_str(), &file) != 0) return {};  // said by who opens it
    if ((file.st_mode & S_IWOTH) != 0)
        return "everybody may write it; if it is as you want it, run: chmod o-w '" + path.string() +
               "'";
    const auto owner = static_cast<unsigned>(file.st_uid);
    if (owner == 0 || owner == ::geteuid() ||
        std::find(owners.begin(), owners.end(), owner) != owners.end())
        return {};
    return "it belongs to the user " + std::to_string(owner) +
           ", who is neither root nor the one that runs this program; chown it, or trust that "
           "user with LECTERN_PLUGIN_OWNERS=" +
           std::to_string(owner);
}

std::string join(const std::vector<fs::path>& folders) {
    std::string out;
    for (const fs::path& folder : folders) {
        if (!out.empty()) out += ", ";
        out += folder.string();
    }
    return out.empty() ? "no folder" : out;
}

// The message with the request's place before it.
Status at_place(const StageRequest& request, const Status& status) {
    const std::string place = request.place ? request.place("") : std::string{};
    return place.empty() ? status : status.within(place);
}

std::string where_options(const StageRequest& request) {
    return request.name.empty() ? "options" : "stages." + request.name + ".options";
}

}  // namespace

struct PluginHost::State {
    // A usable plugin. `info` never changes; `loaded` is set once, under `loading`.
    struct Known {
        UsablePlugin info;
        std::string content;                    // of the file that was tried
        const lectern_plugin* entry = nullptr;  // of a plugin that is part of this process
        std::map<std::string, std::shared_ptr<const OptionSchema>, std::less<>> schemas;
        std::shared_ptr<const HostFace> face;  // of this host, for the plugin's stages
        std::mutex loading;
        std::shared_ptr<const LoadedPlugin> loaded;
    };

    HostOptions options;
    std::shared_ptr<const HostServices> services;

    mutable std::shared_mutex mutex;  // guards the two below
    std::map<std::string, std::shared_ptr<Known>, std::less<>> known;
    std::vector<RefusedPlugin> refused;

    void look_at(const fs::path& path, const VerdictCache& cache, const fs::path& probe_program);
    Status take(const lectern_plugin& entry);
    // Fails when the name is taken or kept for another.
    Status keep(std::shared_ptr<Known> plugin);
    // Of a plugin that ships: its name is kept for it.
    bool ships_here(const fs::path& path) const;
    Verdict judge(const fs::path& path, const std::string& content, const VerdictCache& cache,
                  const fs::path& probe_program) const;
    void refuse(const fs::path& path, const std::string& name, std::string reason);
    Result<std::shared_ptr<Known>> find(std::string_view plugin) const;
    Result<std::shared_ptr<const LoadedPlugin>> load(Known& plugin, const Interrupt& interrupt);
};

// -------------------------------------------------------------------- looking

Verdict PluginHost::State::judge(const fs::path& path, const std::string& content,
                                 const VerdictCache& cache, const fs::path& probe_program) const {
    Verdict verdict;
    if (!options.probe) {
        LibraryFailure failure;
        Result<Library> library = open_library(path, failure);
        verdict.usable = library.ok();
        if (library)
            verdict.info = std::move(library->info);
        else
            verdict.reason = failure.reason;
        verdict.name = failure.name;
        return verdict;
    }
    if (auto kept = cache.find(path, content)) return std::move(*kept);
    if (probe_program.empty()) {
        verdict.reason =
            "it cannot be tried: lectern-probe is not found; install it beside the plugins "
            "folder, or name it in HostOptions::probe_program";
        return verdict;
    }
    Result<Verdict> tried = probe(
        path, {probe_program, options.probe_timeout, options.models_folder, options.cache_folder});
    if (!tried) {
        verdict.reason = "it cannot be tried: " + tried.status().message();
        return verdict;
    }
    verdict = std::move(*tried);
    if (verdict.quarantined && !cache.file_of(path).empty())
        verdict.reason += "; it is quarantined until the file changes (to try it again, delete " +
                          cache.file_of(path).string() + ")";
    if (verdict.usable || verdict.lasting) cache.keep(path, verdict);
    return verdict;
}

void PluginHost::State::refuse(const fs::path& path, const std::string& name, std::string reason) {
    refused.push_back({path, name.empty() ? path.stem().string() : name, std::move(reason)});
}

void PluginHost::State::look_at(const fs::path& path, const VerdictCache& cache,
                                const fs::path& probe_program) {
    if (std::string why = untrusted(path, options.owners); !why.empty()) {
        refuse(path, {}, std::move(why));
        return;
    }
    std::string content = content_key(path);
    Verdict verdict = judge(path, content, cache, probe_program);
    if (!verdict.usable) {
        refuse(path, verdict.name, std::move(verdict.reason));
        return;
    }
    auto plugin = std::make_shared<Known>();
    plugin->info = std::move(verdict.info);
    plugin->content = std::move(content);
    if (const Status status = keep(plugin); !status.ok())
        refuse(path, plugin->info.name, status.message());
}

bool PluginHost::State::ships_here(const fs::path& path) const {
    const auto holds_it = [folder = path.parent_path()](const fs::path& one) {
        std::error_code error;
        return fs::equivalent(one, folder, error);
    };
    const auto& shipped = options.shipped_folders;
    return shipped.empty() || std::any_of(shipped.begin(), shipped.end(), holds_it);
}

Status PluginHost::State::keep(std::shared_ptr<Known> plugin) {
    if (const auto taken = known.find(plugin->info.name); taken != known.end()) {
        const bool here = taken->second->entry != nullptr;
        return {Code::invalid_argument,
                "the name '" + plugin->info.name + "' is taken by " +
                    (here ? "a plugin of this program" : taken->second->info.path.string()) +
                    ", which comes first; remove one of them"};
    }
    if (ships(plugin->info.name) && !ships_here(plugin->info.path))
        return {Code::invalid_argument,
                "the name '" + plugin->info.name +
                    "' is that of a plugin that ships with Lectern; give yours another name"};
    for (const StageType& type : plugin->info.stage_types) {
        Result<OptionSchema> schema = OptionSchema::parse(type.options_schema);
        // It was parsed when the entry was checked; a kept verdict was checked as well.
        if (!schema) return schema.status().within(type.name);
        plugin->schemas.emplace(type.name,
                                std::make_shared<const OptionSchema>(std::move(*schema)));
    }
    plugin->face = std::make_shared<const HostFace>(plugin->info.name, services);
    for (const std::string& one : plugin->info.left_out)
        services->log(LogLevel::warning, plugin->info.name, "a stage type is left out: " + one);
    const std::string name = plugin->info.name;
    known.emplace(name, std::move(plugin));
    return {};
}

Status PluginHost::State::take(const lectern_plugin& entry) {
    auto plugin = std::make_shared<Known>();
    auto info = check_entry(entry, 0, {});
    if (!info) return {Code::invalid_argument, info.status().message()};
    plugin->info = std::move(*info);
    plugin->entry = &entry;
    return keep(std::move(plugin));
}

Status PluginHost::add(const lectern_plugin& entry) {
    const std::unique_lock lock(state_->mutex);
    return state_->take(entry);
}

Result<std::unique_ptr<PluginHost>> PluginHost::open(HostOptions options) {
    for (fs::path& folder : options.plugin_folders) folder = full_path(folder);
    for (fs::path& folder : options.shipped_folders) folder = full_path(folder);
    options.models_folder = full_path(options.models_folder);
    options.cache_folder = full_path(options.cache_folder);
    if (!options.cache_folder.empty()) {
        std::error_code error;
        fs::create_directories(options.cache_folder, error);
        if (error)
            return {Code::unavailable, "the cache folder " + options.cache_folder.string() +
                                           " cannot be made: " + error.message() +
                                           "; choose another one"};
    }
    if (options.threads == 0) options.threads = std::max(1U, std::thread::hardware_concurrency());

    auto state = std::make_unique<State>();
    state->options = std::move(options);
    const HostOptions& kept = state->options;
    state->services = std::make_shared<const HostServices>(kept.log, kept.threads,
                                                           kept.models_folder, kept.cache_folder);
    const fs::path probe_program = kept.probe ? find_probe(kept) : fs::path{};
    const VerdictCache cache(kept.cache_folder, probe_program);
    for (const lectern_plugin* entry : kept.entries) LECTERN_TRY(state->take(*entry));
    std::vector<fs::path> seen;
    for (const fs::path& folder : kept.plugin_folders) {
        if (std::find(seen.begin(), seen.end(), folder) != seen.end()) continue;
        seen.push_back(folder);
        LECTERN_ASSIGN(const std::vector<fs::path> files, plugin_files(folder));
        std::error_code ignored;
        if (!fs::exists(folder, ignored))
            state->services->log(LogLevel::warning, {},
                                 "the plugin folder " + folder.string() + " does not exist");
        for (const fs::path& path : files) state->look_at(path, cache, probe_program);
    }
    for (const RefusedPlugin& one : state->refused)
        state->services->log(LogLevel::warning, one.name,
                             one.path.string() + " is refused: " + one.reason);
    return std::unique_ptr<PluginHost>(new PluginHost(std::move(state)));  // NOLINT: private
}

PluginHost::PluginHost(std::unique_ptr<State> state) : state_(std::move(state)) {}
// Plugins that end with it still speak to its log. Those that others use too do no longer.
PluginHost::~PluginHost() {
    state_->known.clear();
    state_->services->leave();
}

std::vector<UsablePlugin> PluginHost::plugins() const {
    const std::shared_lock lock(state_->mutex);
    std::vector<UsablePlugin> out;
    for (const auto& [name, plugin] : state_->known) out.push_back(plugin->info);
    return out;
}

std::vector<RefusedPlugin> PluginHost::refused() const {
    const std::shared_lock lock(state_->mutex);
    return state_->refused;
}

const std::vector<fs::path>& PluginHost::plugin_folders() const noexcept {
    return state_->options.plugin_folders;
}

const fs::path& PluginHost::models_folder() const noexcept {
    return state_->options.models_folder;
}

// -------------------------------------------------------------------- finding

Result<std::shared_ptr<PluginHost::State::Known>> PluginHost::State::find(
    std::string_view plugin) const {
    const std::shared_lock lock(mutex);
    if (const auto found = known.find(plugin); found != known.end()) return found->second;
    const std::string quoted = "'" + std::string(plugin) + "'";
    for (const RefusedPlugin& one : refused)
        if (one.name == plugin)
            return {Code::unavailable, "the plugin " + quoted + " (" + one.path.string() +
                                           ") is refused: " + one.reason};
    std::vector<std::string_view> names;
    for (const auto& [name, one] : known) names.push_back(name);
    return {Code::not_found,
            "no plugin " + quoted + " in " + join(options.plugin_folders) +
                text::did_you_mean(plugin, names,
                                   names.empty() ? "; no plugins are installed there"
                                                 : "; there are " + text::list(names))};
}

namespace {

// The one that is meant: that of the name, or the only one that can stand in a pipeline.
Result<StageType> choose_type(const UsablePlugin& plugin, std::string_view type) {
    std::vector<std::string_view> names;
    for (const StageType& one : plugin.stage_types) {
        if (one.name == type) return one;
        names.push_back(one.name);
    }
    if (!type.empty())
        return {Code::not_found,
                "the plugin '" + plugin.name + "' has no stage type '" + std::string(type) + "'" +
                    text::did_you_mean(type, names, "; it has " + text::list(names))};
    if (names.size() == 1) return plugin.stage_types.front();
    const StageType* only = nullptr;
    std::size_t count = 0;
    for (const StageType& one : plugin.stage_types) {
        if (one.kind == StageKind::trainer) continue;
        only = &one;
        ++count;
    }
    if (count == 1) return *only;
    return {Code::invalid_argument, "the plugin '" + plugin.name +
                                        "' has several stage types; add 'stage:' with one of " +
                                        text::list(names)};
}

}  // namespace

Result<StageType> PluginHost::find(std::string_view plugin, std::string_view type) const {
    LECTERN_ASSIGN(const auto known, state_->find(plugin));
    return choose_type(known->info, type);
}

Result<boost::json::object> PluginHost::check_options(const StageRequest& request) const {
    const auto known = state_->find(request.plugin);
    if (!known) return at_place(request, known.status());
    const auto type = choose_type((*known)->info, request.type);
    if (!type) return at_place(request, type.status());
    return (*known)
        ->schemas.at(type->name)
        ->apply(request.options, where_options(request), request.place);
}

// ------------------------------------------------------------------- creating

Result<std::shared_ptr<const LoadedPlugin>> PluginHost::State::load(Known& plugin,
                                                                    const Interrupt& interrupt) {
    const std::lock_guard lock(plugin.loading);
    if (plugin.loaded) return plugin.loaded;
    // Not what was tried: nobody knows what it does.
    if (plugin.entry == nullptr && content_key(plugin.info.path) != plugin.content)
        return Status{Code::unavailable,
                      "the file has been replaced since it was tried; start again"};
    auto loaded = plugin.entry == nullptr
                      ? LoadedPlugin::load(plugin.info.path, services, interrupt)
                      : LoadedPlugin::load(*plugin.entry, plugin.info, services, interrupt);
    if (loaded && (*loaded)->info().name == plugin.info.name) {
        plugin.loaded = *loaded;
        return plugin.loaded;
    }
    Status status = loaded
                        ? Status(Code::unavailable, "the file has been replaced by the plugin '" +
                                                        (*loaded)->info().name + "'; start again")
                        : loaded.status();
    if (status.code() == Code::cancelled || status.code() == Code::deadline_exceeded)
        return status;  // nothing is wrong with the plugin
    {
        const std::unique_lock lists(mutex);
        // Another thread may have been here: refused once is enough.
        if (known.erase(plugin.info.name) == 0) return status;
        refuse(plugin.info.path, plugin.info.name, status.message());
    }
    services->log(LogLevel::warning, plugin.info.name, "refused: " + status.message());
    return status;
}

Result<Stage> PluginHost::create(const StageRequest& request) {
    const std::string who = request.name.empty()
                                ? "plugin '" + request.plugin + "'"
                                : "stage '" + request.name + "' (plugin " + request.plugin + ")";
    const auto fail = [&](const Status& status) { return at_place(request, status.within(who)); };

    LECTERN_ASSIGN(boost::json::object options, check_options(request));
    const auto known = state_->find(request.plugin);
    if (!known) return at_place(request, known.status());
    const auto type = choose_type((*known)->info, request.type);
    if (!type) return at_place(request, type.status());
    const auto loaded = state_->load(**known, request.interrupt);
    if (!loaded) return fail(loaded.status());
    const lectern_stage_type* stage_type = (*loaded)->find(type->name);
    if (stage_type == nullptr || stage_type->kind != static_cast<std::uint32_t>(type->kind))
        return fail({Code::unavailable, "the plugin's file has been replaced; start again"});

    Stage stage;
    stage.plugin_ = *loaded;
    stage.face_ = (*known)->face;
    stage.name_ = request.name;
    stage.plugin_name_ = (*known)->info.name;
    stage.type_name_ = type->name;
    stage.kind_ = type->kind;
    stage.abi_minor_ = (*loaded)->info().abi_minor;

    const StageConfigFace config(stage.face_->get(), request.pipeline, request.name,
                                 std::move(options), full_path(request.base_folder),
                                 state_->options.models_folder);
    CallContext call(request.interrupt);
    lectern_stage* raw = nullptr;
    Status failure;
    const auto code = contained<lectern_code>(
        stage.plugin_name_, stage.name_, "create function", request.interrupt, failure,
        [&] { return stage_type->create(call.get(), config.get(), &raw); });
    if (!failure.ok()) return fail(failure);
    if (const Status status = call.status(code, who); !status) return at_place(request, status);
    if (const Status status = check_functions(raw); !status) return fail(status);
    stage.stage_ = {raw, {stage.plugin_name_, stage.name_, stage.face_}};
    const StageOrigin origin{stage.plugin_name_, stage.name_, stage.abi_minor_};
    const auto table = find_table(*raw, stage.kind_, origin);
    if (!table) return fail(table.status());
    stage.kind_table_id_ = table->id;
    stage.kind_table_ = table->table;
    auto ports = read_ports(*raw, stage.kind_, origin);
    if (!ports) return fail(ports.status());
    stage.input_ = std::move(ports->input);
    stage.output_ = std::move(ports->output);
    return stage;
}

bool ships(std::string_view name) noexcept {
    return std::find(shipped_names.begin(), shipped_names.end(), name) != shipped_names.end();
}

// --------------------------------------------------------------------- places

fs::path program_folder() {
    std::error_code error;
    const fs::path program = fs::read_symlink("/proc/self/exe", error);
    return error ? fs::path{} : program.parent_path();
}

fs::path plugins_beside_program() {
    const fs::path folder = program_folder();
    return folder.empty() ? folder : (folder / "../lib/lectern/plugins").lexically_normal();
}

}  // namespace lectern::host
