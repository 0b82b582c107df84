// storage/store/acknowledged.hpp: the last commit that was acknowledged, kept beside RocksDB's
// files. Internal to storage/.
//
// A log that was cut off between two records, or within the last one, looks like one that ended
// there: RocksDB cannot tell an acknowledged commit that a disk or a copy lost from one that was
// never made. So the number of each commit is written to a small file once the log with it is
// synced. The file itself is not synced, which would cost as much as the commit: after a power
// failure it may be behind, never ahead of what a disk that obeys fsync has. A commit that it names
// and the store has not is lost.
#pragma once

#include <filesystem>

#include "storage/store/types.hpp"
#include "system/descriptor.hpp"

namespace lectern::storage {

class Acknowledged {
 public:
    // Reads what there is. `store`: RocksDB's folder.
    explicit Acknowledged(const std::filesystem::path& store);

    // Of the collection with this id; 0 when nothing is known: there is no such file (an older
    // version wrote the store, or it was just restored), it is another collection's or damaged.
    [[nodiscard]] Sequence last(const Hash128& collection) const noexcept;
    // The same of whatever collection it is.
    [[nodiscard]] Sequence last() const noexcept { return last_; }
    // Which that is; zeros when nothing is known.
    [[nodiscard]] const Hash128& collection() const noexcept { return collection_; }
    // Everything up to this commit is on disk. Never goes back. A failure is nobody's: the file
    // stays behind. One thread at a time.
    void note(const Hash128& collection, Sequence sequence) noexcept;

    static constexpr const char* file_name = "ACKNOWLEDGED";

 private:
    const std::filesystem::path file_;
    Hash128 collection_;
    Sequence last_ = 0;
    sys::Descriptor opened_;  // at the first note
};

}  // namespace lectern::storage
