// storage/maintenance/backup_folder.hpp: what making, listing and restoring backups share. Internal
// to storage/.
#pragma once

#include <rocksdb/rate_limiter.h>
#include <rocksdb/utilities/backup_engine.h>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "lectern/status.hpp"
#include "storage/maintenance/backup.hpp"

namespace lectern::storage {

// RocksDB asks a limiter for each piece of a file that it has copied. This one limits nothing.
// `copied`: called with the size of each, on several threads at once.
class CopyWatch : public rocksdb::RateLimiter {
 public:
    explicit CopyWatch(std::function<void(std::uint64_t bytes)> copied)
        : copied_(std::move(copied)) {}
    using rocksdb::RateLimiter::Request;
    void Request(std::int64_t bytes, rocksdb::Env::IOPriority, rocksdb::Statistics*) override {
        copied_(static_cast<std::uint64_t>(bytes));
    }
    void SetBytesPerSecond(std::int64_t) override {}
    // The size of a piece.
    [[nodiscard]] std::int64_t GetSingleBurstBytes() const override { return 1 << 20; }
    [[nodiscard]] std::int64_t GetTotalBytesThrough(rocksdb::Env::IOPriority) const override {
        return 0;
    }
    [[nodiscard]] std::int64_t GetTotalRequests(rocksdb::Env::IOPriority) const override {
        return 0;
    }
    [[nodiscard]] std::int64_t GetBytesPerSecond() const override { return 0; }

 private:
    const std::function<void(std::uint64_t bytes)> copied_;
};

[[nodiscard]] rocksdb::BackupEngineOptions backup_engine_options(
    const std::filesystem::path& folder);

// "backups in "FOLDER", doing: what RocksDB says; what to do".
[[nodiscard]] Status backup_failure(const rocksdb::Status& status,
                                    const std::filesystem::path& folder, const char* doing);

// Whether the folder holds backups, or nothing but what an interrupted first one leaves.
[[nodiscard]] bool holds_backups(const std::filesystem::path& folder);

// `limiter` is asked after each piece of a file that a restore has written; may be empty.
[[nodiscard]] Result<std::unique_ptr<rocksdb::BackupEngineReadOnly>> read_backups(
    const std::filesystem::path& folder, std::shared_ptr<rocksdb::RateLimiter> limiter = {});

// Oldest first.
[[nodiscard]] std::vector<Backup> backups_of(const rocksdb::BackupEngineReadOnlyBase& engine);
// 0: the latest whole one. not_found, or corrupt when it is damaged.
[[nodiscard]] Result<Backup> find_backup(const rocksdb::BackupEngineReadOnlyBase& engine,
                                         std::uint32_t id, const std::filesystem::path& folder);

}  // namespace lectern::storage
