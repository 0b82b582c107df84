// engine/sync/walk.hpp: the files of a source as they are on disk.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "corpus/values.hpp"
#include "lectern/lectern.hpp"

namespace lectern {

// What changes when a file is written; two that are equal are of the same bytes, but for writes
// within one tick of the file system's clock.
struct FileMark {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::uint64_t bytes = 0;
    std::int64_t modified = 0;  // nanoseconds
    std::int64_t changed = 0;   // nanoseconds; no program can set it
    friend bool operator==(const FileMark&, const FileMark&) = default;
};

struct WalkedFile {
    std::filesystem::path path;  // absolute
    std::string name;            // the id of its document
    FileMark mark;
};

struct WalkedSource {
    bool missing = false;           // there is nothing at its path
    std::vector<WalkedFile> files;  // in order of path
    std::vector<LeftOut> left_out;
    std::vector<IngestFailure> failed;
    // Folders that could not be read: what is below is not known.
    std::vector<std::string> unread;
};

// Passed over, as by ingest: hidden files and folders, collections, what is no file. Links to
// folders and to nothing are left out, and said. `before_folder` is called before a folder is read;
// a failure of it ends the walk.
[[nodiscard]] Result<WalkedSource> walk_source(
    const storage::SourceFolder& source,
    const std::function<Status(const std::filesystem::path& folder)>& before_folder,
    const std::stop_token& stop);

// Whether the path is `folder` or lies in it.
[[nodiscard]] bool lies_in(std::string_view path, std::string_view folder) noexcept;

}  // namespace lectern
