#include "apps/server/work/source_folders.hpp"

#include <algorithm>
#include <string_view>
#include <system_error>
#include <utility>

namespace lectern::server {
namespace {

namespace fs = std::filesystem;

bool valid_name(std::string_view name) {
    return !name.empty() && name != "." && name != ".." && name.size() <= 100 &&
           std::all_of(name.begin(), name.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '-' || c == '_' || c == '.';
           });
}

bool below(const fs::path& path, const fs::path& folder) {
    return std::mismatch(folder.begin(), folder.end(), path.begin(), path.end()).first ==
           folder.end();
}

}  // namespace

Result<SourceFolders> SourceFolders::parse(const std::vector<std::string>& given) {
    SourceFolders out;
    for (const std::string& one : given) {
        const std::size_t equals = one.find('=');
        const std::string name = one.substr(0, equals);
        if (equals == std::string::npos || !valid_name(name))
            return Status{Code::invalid_argument,
                          "source '" + one +
                              "': give NAME=DIR; a name is of letters, digits, '-', '_' and '.'"};
        std::error_code error;
        const fs::path folder = fs::canonical(one.substr(equals + 1), error);
        if (error || !fs::is_directory(folder, error))
            return Status{Code::not_found, "source '" + one + "': no such folder"};
        for (const SourceFolder& other : out.folders_) {
            if (other.name == name)
                return Status{Code::invalid_argument, "two sources are called '" + name + "'"};
            if (below(folder, other.path) || below(other.path, folder))
                return Status{Code::invalid_argument, "the sources '" + other.name + "' and '" +
                                                          name + "' lie in each other"};
        }
        out.folders_.push_back({name, folder});
    }
    return out;
}

Result<SourceFolder> SourceFolders::find(const std::string& name) const {
    const Status none{Code::not_found,
                      "the server has no source '" + name +
                          "'; it is started with those that it has: --source NAME=DIR"};
    const std::size_t slash = name.find('/');
    const std::string first = name.substr(0, slash);
    for (const SourceFolder& folder : folders_) {
        if (folder.name != first) continue;
        if (slash == std::string::npos) return folder;
        std::error_code error;
        const fs::path path = fs::canonical(folder.path / name.substr(slash + 1), error);
        if (error || !fs::is_directory(path, error) || !below(path, folder.path)) return none;
        // As it is called, without "." and "//".
        const fs::path rest = path.lexically_relative(folder.path);
        return SourceFolder{rest == "." ? first : (fs::path(first) / rest).string(), path};
    }
    return none;
}

Result<fs::path> SourceFolders::find_file(const std::string& name) const {
    const std::size_t slash = std::min(name.find('/'), name.size());
    for (const SourceFolder& folder : folders_) {
        if (folder.name != name.substr(0, slash) || slash == name.size()) continue;
        std::error_code error;
        fs::path path = fs::canonical(folder.path / name.substr(slash + 1), error);
        if (!error && fs::is_regular_file(path, error) && below(path, folder.path)) return path;
    }
    return Status{Code::not_found, "there is no file '" + name +
                                       "' in the folders that the program was started with: "
                                       "--source NAME=DIR, and then NAME/FILE"};
}

bool SourceFolders::has(const fs::path& path) const {
    return std::any_of(folders_.begin(), folders_.end(),
                       [&](const SourceFolder& folder) { return below(path, folder.path); });
}

}  // namespace lectern::server
