// tests/load/process.hpp: a `lectern serve` as a process of its own.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "lectern/status.hpp"
#include "system/process.hpp"

namespace lectern::load {

class Process {
 public:
    // Listens when it returns. Its log is appended to `folder`/log, its data is in `folder`/data.
    [[nodiscard]] static Result<Process> start(const std::filesystem::path& program,
                                               const std::filesystem::path& folder,
                                               std::vector<std::string> options = {});

    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
    [[nodiscard]] std::uint64_t resident_bytes() const;
    // Sends the signal and waits for the end: the exit code, or -1 when a signal ended it.
    int end(int signal);

 private:
    Process(sys::Process child, std::uint16_t port) : child_(std::move(child)), port_(port) {}
    sys::Process child_;  // killed at the end of its life when it still runs
    std::uint16_t port_;
};

}  // namespace lectern::load
