// storage/store/rocksdb_options.hpp: how a collection's RocksDB is set up. Internal to storage/.
#pragma once

#include <rocksdb/cache.h>
#include <rocksdb/env.h>
#include <rocksdb/options.h>

#include <filesystem>
#include <memory>

#include "storage/store/database.hpp"
#include "storage/store/store.hpp"

namespace lectern::storage {

[[nodiscard]] rocksdb::ColumnFamilyOptions column_options(
    Column column, const OpenOptions& options, const std::shared_ptr<rocksdb::Cache>& cache);
[[nodiscard]] rocksdb::DBOptions database_options(const OpenOptions& options);
// RocksDB's own log file is none of a reader's business.
[[nodiscard]] std::shared_ptr<rocksdb::Logger> silence();
// RocksDB's warnings and errors, in the file LOG of its folder.
[[nodiscard]] std::shared_ptr<rocksdb::Logger> warnings_file(const std::filesystem::path& store);

}  // namespace lectern::storage
