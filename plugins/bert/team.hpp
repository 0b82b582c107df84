// bert/team.hpp: a few threads that share the steps of one short computation.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <thread>
#include <vector>

namespace lectern::bert {

// The steps are far shorter than it takes to wake a thread, so a thread that has come looks for the
// next step without sleeping until the computation ends. Nobody waits for one that has not come:
// parts are taken one by one, and who began does what is left.
class Team {
 public:
    // `threads` with the caller's; started with the first computation.
    explicit Team(std::uint32_t threads) : threads_(threads) {}
    Team(const Team&) = delete;
    Team& operator=(const Team&) = delete;
    ~Team();

    // One computation: the team's while it lives, or the caller's alone where others compute when
    // it begins. Callers that come all the time have the processors busy without helpers, which
    // would only wait there.
    class Session {
     public:
        explicit Session(Team& team);
        Session(const Session&) = delete;
        Session& operator=(const Session&) = delete;
        ~Session();

        // work(part) for all parts below `parts`, on whichever thread; returns when all are done.
        // `work` must not throw.
        template <typename Work>
        void step(std::size_t parts, const Work& work) {
            if (!shared_ || parts < 2 || parts > most_parts) {
                for (std::size_t part = 0; part < parts; ++part) work(part);
                return;
            }
            team_.share(parts, &work, [](const void* of, std::size_t part) {
                (*static_cast<const Work*>(of))(part);
            });
        }

     private:
        Team& team_;
        std::unique_lock<std::mutex> turn_;
        bool shared_;
    };

 private:
    static constexpr std::size_t most_parts = 0xffff;
    using Part = void (*)(const void* work, std::size_t part);
    void share(std::size_t parts, const void* work, Part part) noexcept;
    bool take_part() noexcept;
    void help() noexcept;
    void start() noexcept;

    std::uint32_t threads_;
    std::atomic<std::uint32_t> sessions_ = 0;
    std::mutex turn_;                   // of the one computation
    std::vector<std::thread> helpers_;  // guarded by turn_

    // The number of the step, its parts and the next of them, in one word: who takes a part of a
    // step that has passed fails, as its number is another one.
    std::atomic<std::uint64_t> state_ = 0;
    std::atomic<std::size_t> done_ = 0;
    // Written before state_, and read between taking a part and counting it as done.
    std::atomic<const void*> work_ = nullptr;
    std::atomic<Part> part_ = nullptr;

    std::mutex mutex_;  // for what follows
    std::condition_variable called_;
    bool ended_ = false;
    std::atomic<bool> open_ = false;  // a computation runs; set under mutex_
};

}  // namespace lectern::bert
