// storage/store/sources.hpp: from which files documents came, and the folders that a collection is
// kept in step with. docs/on-disk-format.md has the rows.
//
// A document's Origin (types.hpp) is written with the document and goes with it. A SyncedFile says
// that everything of a file is stored, by the hash of its bytes; it is written after the documents,
// so a file whose documents are stored in part has none. Where the collection keeps originals, the
// bytes of a file that is one document are written with the document, and go with it too.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "storage/store/types.hpp"

namespace lectern::storage {

struct SyncedFile {
    std::string path{};  // absolute
    Hash128 hash{};      // of its bytes
    std::uint64_t documents = 0;
    friend bool operator==(const SyncedFile&, const SyncedFile&) = default;
};

// A folder, or one file.
struct SourceFolder {
    std::string path{};  // absolute
    std::string name{};  // what the ids of its documents begin with; may be empty
    std::vector<std::string> include{};
    std::vector<std::string> exclude{};
    std::int64_t added_at = 0;
    friend bool operator==(const SourceFolder&, const SourceFolder&) = default;
};

// Changes, written together: removals first.
struct SourceRows {
    std::vector<std::string> drop_sources{};  // paths
    std::vector<SourceFolder> put_sources{};
    std::vector<std::string> drop_files{};  // paths
    std::vector<SyncedFile> put_files{};
    // Of the present versions of these documents; an id that is not there is passed over.
    std::vector<std::pair<std::string, Origin>> origins{};
    // Likewise the bytes of their files; empty ones take out what is kept.
    std::vector<std::pair<std::string, std::string>> originals{};
    std::optional<bool> keep_originals{};  // whether ingests keep them from now on

    [[nodiscard]] bool empty() const noexcept {
        return drop_sources.empty() && put_sources.empty() && drop_files.empty() &&
               put_files.empty() && origins.empty() && originals.empty() && !keep_originals;
    }
};

}  // namespace lectern::storage
