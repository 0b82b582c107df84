// storage/maintenance/reclaim.hpp: gives the disk space of mass deletions back. Internal to
// storage/.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <thread>

#include "storage/store/database.hpp"

namespace lectern::storage {

// RocksDB rewrites what it wrote lately by itself, but a deletion from old files waits in the
// newest ones until they are full. When more chunks were removed than are left, a thread of its own
// has all column families compacted; reads and writes go on meanwhile. Any thread.
class Reclaimer {
 public:
    Reclaimer(Database& database, std::uint64_t least_chunks)
        : database_(database), least_chunks_(least_chunks) {}
    ~Reclaimer() { stop(); }
    Reclaimer(const Reclaimer&) = delete;
    Reclaimer& operator=(const Reclaimer&) = delete;

    // After each commit.
    void note(std::uint64_t removed_chunks, std::uint64_t live_chunks);
    [[nodiscard]] bool running() const;
    // Returns when nothing is under way or due.
    void wait() const;
    // Gives up what is under way. Nothing is begun afterwards.
    void stop();

 private:
    void work();

    Database& database_;
    const std::uint64_t least_chunks_;
    std::atomic<bool> stop_{false};
    mutable std::mutex mutex_;  // guards what follows
    mutable std::condition_variable wake_;
    std::uint64_t removed_ = 0;  // since the last time
    bool due_ = false;
    bool running_ = false;
    std::thread thread_;  // started at the first need
};

}  // namespace lectern::storage
