// storage/store/store_lock.hpp: RocksDB's lock on a collection, for work on its files before
// RocksDB has them open. Internal to storage/.
#pragma once

#include <rocksdb/env.h>

#include <filesystem>

#include "lectern/status.hpp"

namespace lectern::storage {

class StoreLock {
 public:
    // unavailable names the process that has the collection open. The folder must exist.
    [[nodiscard]] static Result<StoreLock> take(const std::filesystem::path& collection,
                                                rocksdb::Env& environment);
    ~StoreLock() { release(); }
    StoreLock(StoreLock&& other) noexcept;
    StoreLock& operator=(StoreLock&& other) noexcept;

    void release() noexcept;

 private:
    StoreLock(rocksdb::Env& environment, rocksdb::FileLock* lock)
        : environment_(&environment), lock_(lock) {}
    rocksdb::Env* environment_;
    rocksdb::FileLock* lock_;
};

}  // namespace lectern::storage
