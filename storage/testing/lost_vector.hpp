// storage/testing/lost_vector.hpp: a store that has lost a row without a trace, for tests of what
// notices it.
#pragma once

#include <filesystem>

#include "storage/store/store.hpp"

namespace lectern::storage {

// Of the serving generation. The store must not be open.
[[nodiscard]] Status lose_vector(const std::filesystem::path& folder, ChunkId chunk);

}  // namespace lectern::storage
