// storage/store/figures.hpp: RocksDB's figures, summed over its column families. Internal to
// storage/.
#pragma once

#include "storage/store/database.hpp"

namespace lectern::storage {

[[nodiscard]] Figures figures_of(const Database& database);

}  // namespace lectern::storage
