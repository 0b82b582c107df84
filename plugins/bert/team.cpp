#include "team.hpp"

#include <immintrin.h>

#include <system_error>

namespace lectern::bert {
namespace {

constexpr std::uint64_t sixteen_bits = 0xffff;

std::uint64_t step_of(std::uint64_t state) {
    return state >> 32U;
}
std::uint64_t parts_of(std::uint64_t state) {
    return state >> 16U & sixteen_bits;
}
std::uint64_t next_of(std::uint64_t state) {
    return state & sixteen_bits;
}

// A thread that waits for another which has no processor leaves it its own.
void pause_at(std::size_t turn) {
    constexpr std::size_t patience = 2000;
    if (turn < patience)
        _mm_pause();
    else
        std::this_thread::yield();
}

}  // namespace

Team::~Team() {
    {
        const std::lock_guard lock(mutex_);
        ended_ = true;
    }
    called_.notify_all();
    for (std::thread& helper : helpers_) helper.join();
}

// Fewer than were wanted where the system has no more threads.
void Team::start() noexcept {
    try {
        while (helpers_.size() + 1 < threads_) helpers_.emplace_back([this] { help(); });
    } catch (const std::system_error&) {
        threads_ = static_cast<std::uint32_t>(helpers_.size() + 1);
    }
}

Team::Session::Session(Team& team)
    : team_(team), turn_(team.turn_, std::defer_lock), shared_(false) {
    const bool alone = team.sessions_.fetch_add(1, std::memory_order_relaxed) == 0;
    if (!alone || !turn_.try_lock()) return;
    team.start();
    if (team.helpers_.empty()) return;
    shared_ = true;
    {
        const std::lock_guard lock(team.mutex_);
        team.open_.store(true, std::memory_order_relaxed);
    }
    team.called_.notify_all();
}

Team::Session::~Session() {
    team_.sessions_.fetch_sub(1, std::memory_order_relaxed);
    if (!shared_) return;
    const std::lock_guard lock(team_.mutex_);
    team_.open_.store(false, std::memory_order_relaxed);
}

bool Team::take_part() noexcept {
    std::uint64_t state = state_.load(std::memory_order_acquire);
    do {
        if (next_of(state) >= parts_of(state)) return false;
    } while (!state_.compare_exchange_weak(state, state + 1, std::memory_order_acq_rel,
                                           std::memory_order_acquire));
    // The step cannot pass before this part is counted.
    const Part part = part_.load(std::memory_order_relaxed);
    part(work_.load(std::memory_order_relaxed), next_of(state));
    done_.fetch_add(1, std::memory_order_release);
    return true;
}

void Team::share(std::size_t parts, const void* work, Part part) noexcept {
    done_.store(0, std::memory_order_relaxed);
    work_.store(work, std::memory_order_relaxed);
    part_.store(part, std::memory_order_relaxed);
    const std::uint64_t step = step_of(state_.load(std::memory_order_relaxed)) + 1;
    state_.store(step << 32U | parts << 16U, std::memory_order_release);
    while (take_part()) {
    }
    for (std::size_t turn = 0; done_.load(std::memory_order_acquire) < parts; ++turn)
        pause_at(turn);
}

void Team::help() noexcept {
    std::unique_lock lock(mutex_);
    while (!ended_) {
        called_.wait(lock, [this] { return ended_ || open_.load(std::memory_order_relaxed); });
        lock.unlock();
        for (std::size_t turn = 0; open_.load(std::memory_order_relaxed); ++turn)
            if (take_part())
                turn = 0;
            else
                pause_at(turn);
        lock.lock();
    }
}

}  // namespace lectern::bert
