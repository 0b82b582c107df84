// apps/server/api/rate_meter.hpp: how many requests have come in the minute that runs.
//
// A minute begins with the first request after the end of the one before, so that what a client is
// told (so many left, so many seconds to go) is exact. Safe from any thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <mutex>

namespace lectern::server {

class RateMeter {
 public:
    using Clock = std::chrono::steady_clock;
    static constexpr std::chrono::seconds window{60};

    struct Standing {
        bool admitted = false;
        std::size_t remaining = 0;       // of the minute's requests, after this one
        std::chrono::seconds reset{60};  // to the minute's end, 1 at least
    };
    // One more request, of at most so many in a minute.
    [[nodiscard]] Standing take(std::size_t most, Clock::time_point now) {
        const std::lock_guard lock(mutex_);
        if (used_ == 0 || now >= begun_ + window) {
            begun_ = now;
            used_ = 0;
        }
        const auto left = std::chrono::ceil<std::chrono::seconds>(begun_ + window - now);
        if (used_ >= most) return {false, 0, left};
        ++used_;
        return {true, most - used_, left};
    }

 private:
    std::mutex mutex_;
    Clock::time_point begun_{};
    std::size_t used_ = 0;
};

}  // namespace lectern::server
