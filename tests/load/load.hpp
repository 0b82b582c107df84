// tests/load/load.hpp: many clients at once, each in a thread of its own, and what they saw.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace lectern::load {

// `generate`: an answer that the generator writes; of `ask`, every other one is only quoted.
enum class Work { search, ask, generate, bulk };

struct Seen {
    std::map<unsigned, std::uint64_t> statuses;
    std::vector<double> milliseconds;  // of what was answered with 200
    double slowest_milliseconds = 0;   // of all that was answered
};

class Load {
 public:
    using Clock = std::chrono::steady_clock;

    // One client for each item. What they store is numbered from `first_document` on. `key`: of all
    // of them.
    Load(std::uint16_t port, const std::string& collection, const std::vector<Work>& clients,
         std::uint64_t first_document = 0, std::string key = {});
    Load(const Load&) = delete;
    Load& operator=(const Load&) = delete;
    ~Load();

    // Before the server is killed: connections that break from now on are no failures.
    void expect_the_end() { ending_ = true; }
    // Each client ends after the request that it is at.
    void stop();

    // After stop().
    [[nodiscard]] const Seen& seen(Work work) { return seen_[work]; }
    [[nodiscard]] const std::vector<std::string>& failures() const { return failures_; }
    // Numbers of the documents that the server has said to have stored: document_of(prefix, n).
    [[nodiscard]] const std::vector<std::uint64_t>& acknowledged() const { return acknowledged_; }
    [[nodiscard]] double seconds() const { return seconds_; }

    static inline const std::string prefix = "load-";

 private:
    void run(Work work, std::uint64_t client);

    const std::uint16_t port_;
    const std::string path_;
    const std::string key_;
    const Clock::time_point begin_ = Clock::now();
    std::atomic<bool> ending_ = false;
    std::atomic<bool> stopped_ = false;
    std::atomic<std::uint64_t> next_document_;
    double seconds_ = 0;
    std::mutex mutex_;
    std::map<Work, Seen> seen_;
    std::vector<std::string> failures_;
    std::vector<std::uint64_t> acknowledged_;
    std::vector<std::thread> threads_;
};

}  // namespace lectern::load
