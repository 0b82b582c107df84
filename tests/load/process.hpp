// tests/load/process.hpp: a `lectern serve` as a process of its own.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "lectern/status.hpp"

namespace lectern::load {

class Process {
 public:
    // Listens when it returns. Its log is appended to `folder`/log, its data is in `folder`/data.
    [[nodiscard]] static Result<Process> start(const std::filesystem::path& program,
                                               const std::filesystem::path& folder,
                                               std::vector<std::string> options = {});
    Process(Process&& other) noexcept;
    Process& operator=(Process&&) = delete;
    ~Process();  // kills it when it still runs

    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
    [[nodiscard]] std::uint64_t resident_bytes() const;
    // Sends the signal and waits for the end: the exit code, or -1 when a signal ended it.
    int end(int signal);

 private:
    Process(pid_t child, std::uint16_t port) : child_(child), port_(port) {}
    pid_t child_;  // 0: has ended
    std::uint16_t port_;
};

}  // namespace lectern::load
