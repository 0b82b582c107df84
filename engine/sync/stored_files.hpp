// engine/sync/stored_files.hpp: what a collection has of files.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "corpus/corpus.hpp"
#include "lectern/status.hpp"

namespace lectern {

struct StoredFile {
    std::optional<storage::SyncedFile> whole;  // a sync stored everything of it
    std::vector<storage::Ordinal> synced;      // its documents that a sync stored
    std::vector<storage::Ordinal> ingested;    // and those that came with an ingest

    // Whether the collection has all that bytes of this hash give.
    [[nodiscard]] bool complete(const storage::Hash128& hash) const {
        return whole && whole->hash == hash && whole->documents == synced.size() &&
               ingested.empty();
    }
};

// By absolute path, of files below the sources.
using StoredFiles = std::map<std::string, StoredFile>;

[[nodiscard]] Result<StoredFiles> stored_files(const corpus::Reader& reader,
                                               std::span<const storage::SourceFolder> sources);

// Documents from files below these folders that are not there any more. A folder that is missing
// itself says nothing of its files.
[[nodiscard]] Result<std::uint64_t> documents_without_file(const corpus::Reader& reader,
                                                           std::span<const std::string> folders);

}  // namespace lectern
