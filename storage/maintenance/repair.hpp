// storage/maintenance/repair.hpp: saves what can be read of a damaged store.
//
// The store is written anew from every document that is whole: its record, text, chunks and vectors
// as they are, with the same numbers, or without vectors when those alone are damaged; counters are
// counted again; what is derived (postings, index caches) is left out, to be built at the next
// open. The damaged store is moved to DIR/damaged/TIME/, never deleted, beside the text of
// documents that could not be saved whole.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "lectern/status.hpp"
#include "storage/maintenance/verify.hpp"
#include "storage/store/types.hpp"

namespace lectern::storage {

struct StoreRepair {
    std::vector<Finding> found;  // what was wrong before
    std::vector<Finding> lost;   // documents that are no longer in the collection, or have no
                                 // vectors any more, and why
    Counters saved;
    bool rebuilt = false;              // false: the store was in order and is unchanged
    std::filesystem::path kept_aside;  // the folder with the damaged store; only when rebuilt
};

// Needs as much free disk again as the documents take. May be killed and run again. Failures:
// not_found, unavailable, unsupported (a newer format); resource_exhausted; corrupt when nothing at
// all can be read.
[[nodiscard]] Result<StoreRepair> repair(const std::filesystem::path& collection);

// A new folder below DIR/damaged/ named by the time.
[[nodiscard]] Result<std::filesystem::path> make_damaged_folder(
    const std::filesystem::path& collection);

// rename, made durable in both folders.
[[nodiscard]] Status move_entry(const std::filesystem::path& from, const std::filesystem::path& to);

}  // namespace lectern::storage
