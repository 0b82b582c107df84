#include "storage/maintenance/reclaim.hpp"

#include "storage/store/give_back.hpp"

namespace lectern::storage {

void Reclaimer::note(std::uint64_t removed_chunks, std::uint64_t live_chunks) {
    const std::lock_guard lock(mutex_);
    removed_ += removed_chunks;
    if (stop_ || removed_ < least_chunks_ || removed_ < live_chunks) return;
    removed_ = 0;
    due_ = true;
    if (!thread_.joinable()) thread_ = std::thread([this] { work(); });
    wake_.notify_all();
}

bool Reclaimer::running() const {
    const std::lock_guard lock(mutex_);
    return due_ || running_;
}

void Reclaimer::wait() const {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [this] { return stop_ || (!due_ && !running_); });
}

void Reclaimer::stop() {
    {
        const std::lock_guard lock(mutex_);
        stop_ = true;
        wake_.notify_all();
    }
    if (thread_.joinable()) thread_.join();
}

void Reclaimer::work() {
    std::unique_lock lock(mutex_);
    while (true) {
        wake_.wait(lock, [this] { return due_ || stop_; });
        if (stop_) return;
        due_ = false;
        running_ = true;
        lock.unlock();
        for (std::size_t i = 0; i < column_count && !stop_; ++i) {
            rocksdb::CompactRangeOptions options;
            options.exclusive_manual_compaction = false;
            options.canceled = &stop_;
            // A failure is no loss: nothing is gone, and the background error listener hears of it.
            (void)database_.db().CompactRange(options, database_.handle(static_cast<Column>(i)),
                                              nullptr, nullptr);
        }
        give_back_memory();  // what the compactions read and wrote
        lock.lock();
        running_ = false;
        wake_.notify_all();
    }
}

}  // namespace lectern::storage
