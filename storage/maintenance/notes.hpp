// storage/maintenance/notes.hpp: what `verify` says of a store that is sound. Internal to storage/.
#pragma once

#include <filesystem>

#include "storage/maintenance/document_walk.hpp"
#include "storage/maintenance/verify.hpp"
#include "storage/store/database.hpp"

namespace lectern::storage {

// A change of model that is not finished, vectors of the model before, an older format.
void note_contents(const Moment& moment, const WalkCounts& found, StoreCheck& report);

// What restores and repairs left beside the store.
void note_folders(const std::filesystem::path& collection, StoreCheck& report);

}  // namespace lectern::storage
