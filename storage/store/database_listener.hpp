// storage/store/database_listener.hpp: failures in RocksDB's own threads. Internal to storage/.
#pragma once

#include <rocksdb/listener.h>

#include <mutex>

#include "storage/store/database.hpp"

namespace lectern::storage {

// Hears of failures in RocksDB's own threads, which no caller would otherwise see.
class Database::Listener : public rocksdb::EventListener {
 public:
    explicit Listener(Database& database) : database_(&database) {}
    void OnBackgroundError(rocksdb::BackgroundErrorReason, rocksdb::Status* error) override {
        const std::lock_guard lock(mutex_);
        if (database_ == nullptr) return;
        database_->refuse_writes(database_->failure(*error, "writing in the background"));
    }
    void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason, rocksdb::Status,
                              bool* automatic) override {
        *automatic = false;  // what is in memory and what is on disk is settled by a new open
    }
    void forget() {
        const std::lock_guard lock(mutex_);
        database_ = nullptr;
    }

 private:
    std::mutex mutex_;
    Database* database_;
};

}  // namespace lectern::storage
