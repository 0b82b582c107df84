// apps/server/net/executor.hpp: worker threads with a bounded queue and a deadline for waiting in
// it. Keys take turns in the queue, so that one that asks for much does not stand before the others
// (fair_queue.hpp).
//
// The server has one for each kind of work (reading, asking, ingesting), so that one kind never
// stands in another's way. Threads: everything is safe from any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "apps/server/net/fair_queue.hpp"

namespace lectern::server {

class Executor {
 public:
    using Clock = std::chrono::steady_clock;
    // Called once: on a worker thread, or as soon as its deadline has passed with `late` on another
    // one: it stood in the queue for too long, and should not begin. Quick when late. Must not
    // throw.
    using Job = std::function<void(bool late)>;

    Executor(std::string name, unsigned threads, std::size_t max_waiting);
    Executor(const Executor&) = delete;
    Executor& operator=(const Executor&) = delete;
    ~Executor() { end(); }
    // Waits for the jobs that run; those that wait are called as late, and none is taken any more.
    void end();

    // One of the jobs that run does not come back: another thread takes its worker's place. Of
    // jobs that are lost for good, so many; beyond, the queue fills.
    void replace_worker();
    static constexpr std::size_t most_replaced = 32;

    // False when the queue is full: the job is not taken. Of a full queue the owner who has most in
    // it gives way (as late, in this thread) to one who has less. `owner`: whose turn it takes.
    [[nodiscard]] bool submit(Job job, Clock::time_point deadline, const void* owner = nullptr);

    [[nodiscard]] const std::string& name() const noexcept { return name_; }
    [[nodiscard]] std::size_t waiting() const;
    [[nodiscard]] std::size_t running() const noexcept { return running_; }

 private:
    struct Item {
        Job job = {};
        Clock::time_point deadline = {};
    };
    void work();
    void watch();  // over the deadlines of those that wait

    const std::string name_;
    const std::size_t max_waiting_;
    mutable std::mutex mutex_;
    std::condition_variable wake_;
    std::condition_variable changed_;  // for watch()
    FairQueue<Item> queue_;
    std::size_t idle_ = 0;
    bool ending_ = false;
    std::size_t replaced_ = 0;
    std::atomic<std::size_t> running_{0};
    std::vector<std::thread> threads_;  // the workers, and the one that watches
};

}  // namespace lectern::server
