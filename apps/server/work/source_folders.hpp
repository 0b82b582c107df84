// apps/server/work/source_folders.hpp: the folders that the server was started with (--source
// NAME=DIR). Collections are synced over HTTP with these and what is below them, and with nothing
// else: a path in a request would let a caller read any file of the server's machine.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "lectern/status.hpp"

namespace lectern::server {

struct SourceFolder {
    std::string name;            // what ids of documents begin with
    std::filesystem::path path;  // absolute, with its links resolved
};

class SourceFolders {
 public:
    // Of "NAME=DIR" each. invalid_argument for what is wrong with them, not_found for a folder that
    // is not there.
    [[nodiscard]] static Result<SourceFolders> parse(const std::vector<std::string>& given);

    // "manuals", or what is below it: "manuals/english". not_found, also for what leads out of it.
    [[nodiscard]] Result<SourceFolder> find(const std::string& name) const;
    // A file below one of them: "manuals/english/boats.pdf". not_found, also for what leads out.
    [[nodiscard]] Result<std::filesystem::path> find_file(const std::string& name) const;
    // Whether a path is one of the folders, or lies below one.
    [[nodiscard]] bool has(const std::filesystem::path& path) const;
    [[nodiscard]] bool empty() const noexcept { return folders_.empty(); }

 private:
    std::vector<SourceFolder> folders_;
};

}  // namespace lectern::server
