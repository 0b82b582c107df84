// engine/pipeline/counters.hpp: what each stage did during one operation; the --explain table.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "lectern/lectern.hpp"

namespace lectern {

using Clock = std::chrono::steady_clock;

// Safe from any thread.
struct StageCounter {
    explicit StageCounter(std::string stage_name) : name(std::move(stage_name)) {}

    const std::string name;
    std::atomic<std::uint64_t> calls{0};
    std::atomic<std::uint64_t> items{0};
    std::atomic<std::uint64_t> tokens{0};
    std::atomic<std::uint64_t> slots{0};  // tokens with padding: sequences x longest
    std::atomic<std::int64_t> wait_nanoseconds{0};
    std::atomic<std::int64_t> busy_nanoseconds{0};
};

// Adds the time it lives to a counter's busy time.
class Busy {
 public:
    explicit Busy(StageCounter& counter, std::uint64_t items = 1) noexcept : counter_(counter) {
        counter_.calls.fetch_add(1, std::memory_order_relaxed);
        counter_.items.fetch_add(items, std::memory_order_relaxed);
    }
    // `enqueued`: when the item was ready for this stage.
    Busy(StageCounter& counter, std::uint64_t items, Clock::time_point enqueued) noexcept
        : Busy(counter, items) {
        counter_.wait_nanoseconds.fetch_add((begin_ - enqueued).count(), std::memory_order_relaxed);
    }
    Busy(const Busy&) = delete;
    Busy& operator=(const Busy&) = delete;
    ~Busy() {
        counter_.busy_nanoseconds.fetch_add((Clock::now() - begin_).count(),
                                            std::memory_order_relaxed);
    }

 private:
    StageCounter& counter_;
    Clock::time_point begin_ = Clock::now();
};

// The counters of one operation, in the order they were added. Add before threads use them.
class Counters {
 public:
    StageCounter& add(std::string_view name) { return counters_.emplace_back(std::string(name)); }
    // The counter of that name, added when there is none.
    StageCounter& get(std::string_view name) {
        for (StageCounter& counter : counters_)
            if (counter.name == name) return counter;
        return add(name);
    }
    // Adds what another operation did, which has ended.
    void add_all(const Counters& other) {
        for (const StageCounter& one : other.counters_) {
            StageCounter& to = get(one.name);
            to.calls += one.calls;
            to.items += one.items;
            to.tokens += one.tokens;
            to.slots += one.slots;
            to.wait_nanoseconds += one.wait_nanoseconds;
            to.busy_nanoseconds += one.busy_nanoseconds;
        }
    }
    [[nodiscard]] std::vector<StageTiming> table() const {
        std::vector<StageTiming> out;
        for (const StageCounter& counter : counters_) {
            if (counter.calls == 0) continue;
            const auto slots = static_cast<double>(counter.slots.load());
            out.push_back({counter.name, counter.calls, counter.items, counter.tokens,
                           slots > 0 ? static_cast<double>(counter.tokens.load()) / slots : 0.0,
                           static_cast<double>(counter.wait_nanoseconds.load()) * 1e-9,
                           static_cast<double>(counter.busy_nanoseconds.load()) * 1e-9});
        }
        return out;
    }

 private:
    std::deque<StageCounter> counters_;  // addresses stay
};

}  // namespace lectern
