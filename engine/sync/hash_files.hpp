// engine/sync/hash_files.hpp: the content hashes of files.
#pragma once

#include <stop_token>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/sync/plan.hpp"
#include "engine/sync/walk.hpp"
#include "lectern/lectern.hpp"

namespace lectern {

// What one sync of a watched folder leaves for the next one.
class SyncMemory {
 public:
    // The hash of a file that has not been written since it was remembered.
    [[nodiscard]] std::optional<storage::Hash128> find(const WalkedFile& file) const;
    // `hashed_at`: when its bytes began to be read, in nanoseconds. One that was written shortly
    // before is not remembered: a second write within the same tick of the clock leaves no mark.
    void remember(const HashedFile& file, std::int64_t hashed_at);

 private:
    struct Entry {
        FileMark mark;
        storage::Hash128 hash;
    };
    std::unordered_map<std::string, Entry> entries_;
};

// Reads every file that `memory` (null: none) does not know, with so many threads. A file that is
// gone is left out; one that cannot be read is in `failed`, and has no hash.
[[nodiscard]] Result<std::vector<HashedFile>> hash_files(std::vector<WalkedFile> files,
                                                         unsigned threads, SyncMemory* memory,
                                                         const std::stop_token& stop,
                                                         std::vector<IngestFailure>& failed);

}  // namespace lectern
