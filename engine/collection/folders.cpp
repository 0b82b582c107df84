#include "engine/collection/folders.hpp"

#include <dlfcn.h>
#include <pwd.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "engine/plugin_host/plugin_host.hpp"
#include "lectern/lectern.hpp"

namespace lectern {
namespace {

namespace fs = std::filesystem;

// Where `lectern-models` of the Debian package puts them.
constexpr const char* machine_models = "/usr/local/share/lectern/models";

// The environment is read while nobody writes it: a program that calls setenv from another thread
// breaks every library.
std::string environment(const char* name) {
    const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe)
    return value == nullptr ? std::string{} : std::string(value);
}

// The folder above lib/, or lib/<machine>/, in which this library stands.
fs::path library_prefix() {
    Dl_info info{};
    if (::dladdr(reinterpret_cast<const void*>(&version), &info) == 0 || info.dli_fname == nullptr)
        return {};
    std::error_code error;
    const fs::path library = fs::canonical(info.dli_fname, error);
    if (error) return {};
    const fs::path above = library.parent_path().parent_path();
    return above.filename() == "lib" ? above.parent_path() : above;
}

// Services and cron jobs may have no HOME; the user still has one.
std::string user_home() {
    if (const std::string set = environment("HOME"); !set.empty()) return set;
    std::vector<char> storage(16384);
    passwd entry{};
    passwd* found = nullptr;
    if (::getpwuid_r(::getuid(), &entry, storage.data(), storage.size(), &found) != 0 ||
        found == nullptr || found->pw_dir == nullptr)
        return {};
    return found->pw_dir;
}

fs::path user_cache() {
    if (const std::string set = environment("LECTERN_CACHE"); !set.empty()) return set;
    const std::string home = user_home();
    return home.empty() ? fs::temp_directory_path() / "lectern" : fs::path(home) / ".cache/lectern";
}

void add_existing(std::vector<fs::path>& to, const fs::path& folder) {
    std::error_code error;
    if (folder.empty() || !fs::is_directory(folder, error)) return;
    for (const fs::path& other : to)
        if (fs::equivalent(other, folder, error)) return;
    to.push_back(folder);
}

}  // namespace

Folders resolve(Folders folders) {
    std::string_view listed;
    const std::string plugins = environment("LECTERN_PLUGINS");
    for (listed = plugins; !listed.empty();) {
        const std::size_t colon = listed.find(':');
        if (const auto one = listed.substr(0, colon); !one.empty())
            folders.plugins.emplace_back(one);
        listed = colon == std::string_view::npos ? std::string_view{} : listed.substr(colon + 1);
    }
    for (const fs::path& folder : shipped_plugin_folders()) add_existing(folders.plugins, folder);
    if (const fs::path prefix = library_prefix(); !prefix.empty()) {
        std::error_code error;
        if (folders.pipelines.empty() &&
            fs::is_directory(prefix / "share/lectern/pipelines", error))
            folders.pipelines = prefix / "share/lectern/pipelines";
    }
    if (folders.models.empty()) folders.models = environment("LECTERN_MODELS");
    if (folders.models.empty()) {
        // The user's own, else those of the machine.
        folders.models = user_cache() / "models";
        std::error_code error;
        if (!fs::exists(folders.models, error) && fs::is_directory(machine_models, error))
            folders.models = machine_models;
    }
    if (folders.cache.empty()) folders.cache = user_cache() / "derived";
    return folders;
}

std::vector<fs::path> shipped_plugin_folders() {
    std::vector<fs::path> out;
    if (fs::path beside = host::plugins_beside_program(); !beside.empty())
        out.push_back(std::move(beside));
    if (const fs::path prefix = library_prefix(); !prefix.empty())
        out.push_back(prefix / "lib/lectern/plugins");
    return out;
}

std::vector<unsigned> plugin_owners() {
    std::vector<unsigned> out;
    const std::string listed = environment("LECTERN_PLUGIN_OWNERS");
    for (std::string_view rest = listed; !rest.empty();) {
        const std::size_t comma = rest.find(',');
        const std::string one(rest.substr(0, comma));
        rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
        unsigned number = 0;
        const auto [end, error] = std::from_chars(one.data(), one.data() + one.size(), number);
        if (error == std::errc{} && end == one.data() + one.size()) {
            out.push_back(number);
            continue;
        }
        std::vector<char> storage(16384);
        passwd entry{};
        passwd* found = nullptr;
        if (::getpwnam_r(one.c_str(), &entry, storage.data(), storage.size(), &found) == 0 &&
            found != nullptr)
            out.push_back(found->pw_uid);
    }
    return out;
}

}  // namespace lectern
