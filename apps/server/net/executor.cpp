#include "apps/server/net/executor.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace lectern::server {

Executor::Executor(std::string name, unsigned threads, std::size_t max_waiting)
    : name_(std::move(name)), max_waiting_(max_waiting) {
    for (unsigned i = 0; i < std::max(threads, 1U); ++i) threads_.emplace_back([this] { work(); });
    threads_.emplace_back([this] { watch(); });
}

void Executor::end() {
    {
        const std::lock_guard lock(mutex_);
        ending_ = true;
    }
    wake_.notify_all();
    changed_.notify_all();
    std::vector<std::thread> threads;
    {
        const std::lock_guard lock(mutex_);
        threads.swap(threads_);
    }
    for (std::thread& thread : threads) thread.join();
    while (!queue_.empty()) queue_.pop().job(true);
}

bool Executor::submit(Job job, Clock::time_point deadline, const void* owner) {
    std::optional<Item> displaced;
    {
        const std::lock_guard lock(mutex_);
        if (ending_) return false;
        // A thread that is free takes a job without counting it as one that waits.
        if (queue_.size() >= max_waiting_ + idle_) {
            displaced = queue_.displace(owner);
            if (!displaced) return false;
        }
        queue_.push(owner, {std::move(job), deadline});
    }
    if (displaced) displaced->job(true);
    wake_.notify_one();
    changed_.notify_one();
    return true;
}

void Executor::replace_worker() {
    const std::lock_guard lock(mutex_);
    if (ending_ || replaced_ >= most_replaced) return;
    ++replaced_;
    threads_.emplace_back([this] { work(); });
}

std::size_t Executor::waiting() const {
    const std::lock_guard lock(mutex_);
    return queue_.size();
}

void Executor::work() {
    while (true) {
        Item item;
        {
            std::unique_lock lock(mutex_);
            ++idle_;
            wake_.wait(lock, [this] { return ending_ || !queue_.empty(); });
            --idle_;
            if (ending_) return;
            item = queue_.pop();
        }
        ++running_;
        item.job(Clock::now() >= item.deadline);
        item.job = nullptr;  // what it holds goes before it counts as done
        --running_;
    }
}

void Executor::watch() {
    const auto earlier = [](const Item& a, const Item& b) { return a.deadline < b.deadline; };
    std::unique_lock lock(mutex_);
    while (!ending_) {
        const Item* first = queue_.least(earlier);
        if (first == nullptr) {
            changed_.wait(lock);
            continue;
        }
        const Clock::time_point deadline = first->deadline;
        if (Clock::now() < deadline) {
            changed_.wait_until(lock, deadline);
            continue;
        }
        const Item late = queue_.take(first);
        lock.unlock();
        late.job(true);
        lock.lock();
    }
}

}  // namespace lectern::server
