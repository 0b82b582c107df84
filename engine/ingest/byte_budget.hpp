// engine/ingest/byte_budget.hpp: bounds the bytes in flight between the source and the commit.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <utility>

namespace lectern {

class ByteBudget;

// Bytes taken from a budget, given back on destruction.
class ByteLease {
 public:
    ByteLease() = default;
    ByteLease(ByteBudget* budget, std::uint64_t bytes) noexcept : budget_(budget), bytes_(bytes) {}
    ByteLease(ByteLease&& other) noexcept
        : budget_(std::exchange(other.budget_, nullptr)), bytes_(other.bytes_) {}
    ByteLease& operator=(ByteLease&& other) noexcept {
        std::swap(budget_, other.budget_);
        std::swap(bytes_, other.bytes_);
        return *this;
    }
    ByteLease(const ByteLease&) = delete;
    ByteLease& operator=(const ByteLease&) = delete;
    inline ~ByteLease();

 private:
    ByteBudget* budget_ = nullptr;
    std::uint64_t bytes_ = 0;
};

// Safe from any thread. Whoever takes waits until there is room; one that asks for more than the
// whole budget gets it when nothing else is in flight, so that nothing waits for ever.
class ByteBudget {
 public:
    explicit ByteBudget(std::uint64_t bytes) : limit_(bytes) {}

    // `before_waiting` is called once, without a lock, when there is no room now: it must set the
    // work in motion that gives bytes back. `give_up` is asked when woken; true ends the waiting
    // (the lease is taken all the same).
    [[nodiscard]] ByteLease take(std::uint64_t bytes, const std::function<void()>& before_waiting,
                                 const std::function<bool()>& give_up) {
        std::unique_lock lock(mutex_);
        if (!room(bytes)) {
            ++waiting_;
            lock.unlock();
            try {
                before_waiting();
            } catch (...) {
                lock.lock();
                --waiting_;
                throw;
            }
            lock.lock();
            changed_.wait(lock, [&] { return room(bytes) || give_up(); });
            --waiting_;
        }
        used_ += bytes;
        peak_ = peak_ < used_ ? used_ : peak_;
        return {this, bytes};
    }
    // Without waiting: for work that must go on to free bytes.
    [[nodiscard]] ByteLease take_now(std::uint64_t bytes) {
        const std::lock_guard lock(mutex_);
        used_ += bytes;
        peak_ = peak_ < used_ ? used_ : peak_;
        return {this, bytes};
    }
    [[nodiscard]] bool somebody_waits() const {
        const std::lock_guard lock(mutex_);
        return waiting_ > 0;
    }
    [[nodiscard]] std::uint64_t peak() const {
        const std::lock_guard lock(mutex_);
        return peak_;
    }
    // Asks all who wait whether they give up.
    void wake() {
        const std::lock_guard lock(mutex_);
        changed_.notify_all();
    }

 private:
    friend class ByteLease;
    [[nodiscard]] bool room(std::uint64_t bytes) const {
        return used_ == 0 || (used_ <= limit_ && bytes <= limit_ - used_);
    }
    void give_back(std::uint64_t bytes) {
        const std::lock_guard lock(mutex_);
        used_ -= bytes;
        changed_.notify_all();
    }

    const std::uint64_t limit_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::uint64_t used_ = 0;
    std::uint64_t peak_ = 0;
    unsigned waiting_ = 0;
};

ByteLease::~ByteLease() {
    if (budget_ != nullptr) budget_->give_back(bytes_);
}

}  // namespace lectern
