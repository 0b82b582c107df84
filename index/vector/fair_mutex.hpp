// index/vector/fair_mutex.hpp: a shared mutex whose writers get their turn. Internal to
// index/vector.
#pragma once

#include <mutex>
#include <shared_mutex>

namespace lectern::index {

// Many searches may hold the lock one after the other without a gap; a writer that waits at the
// gate lets the running ones end and the later ones queue behind it.
class FairMutex {
 public:
    void lock() {
        const std::lock_guard first(gate_);
        mutex_.lock();
    }
    void unlock() { mutex_.unlock(); }
    void lock_shared() {
        const std::lock_guard first(gate_);
        mutex_.lock_shared();
    }
    void unlock_shared() { mutex_.unlock_shared(); }

 private:
    std::mutex gate_;
    std::shared_mutex mutex_;
};

}  // namespace lectern::index
