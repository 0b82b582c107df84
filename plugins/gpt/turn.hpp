// One at a time, and a caller that is cancelled does not wait on.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

#include "lectern/plugin.hpp"

namespace lectern::gpt {

class Turn {
 public:
    class Holder {
     public:
        explicit Holder(Turn& turn) noexcept : turn_(turn) {}
        ~Holder() {
            {
                const std::scoped_lock lock(turn_.mutex_);
                turn_.taken_ = false;
            }
            turn_.free_.notify_one();
        }
        Holder(const Holder&) = delete;
        Holder& operator=(const Holder&) = delete;

     private:
        Turn& turn_;
    };

    // Throws LECTERN_CANCELLED.
    [[nodiscard]] Holder take(const plugin::Call& call) {
        constexpr std::chrono::milliseconds look_again{20};
        std::unique_lock lock(mutex_);
        while (taken_) {
            call.check();
            free_.wait_for(lock, look_again);
        }
        taken_ = true;
        return Holder(*this);
    }

 private:
    std::mutex mutex_;
    std::condition_variable free_;
    bool taken_ = false;
};

}  // namespace lectern::gpt
