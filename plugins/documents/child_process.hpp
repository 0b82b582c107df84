// documents/child_process.hpp: runs a program over bytes, without a shell and within limits.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "system/descriptor.hpp"
#include "system/process.hpp"

namespace lectern::documents {

struct ProcessLimits {
    std::chrono::milliseconds time = std::chrono::seconds(60);
    std::size_t output_bytes = std::size_t{256} << 20;
    std::size_t memory_bytes = std::size_t{1} << 30;  // address space of the program
    std::function<bool()> cancelled;                  // asked ten times a second; may be empty
    // "NAME=VALUE", beside this process's own and in their place.
    std::vector<std::string> variables = {};
};

struct ProcessOutput {
    int exit_code = 0;  // or -1 when a signal ended it
    int signal = 0;
    std::string out;  // its standard output
    std::string err;  // the first 4 KiB of its standard error
};

// A program that waits for its input. It is killed when this object goes.
class StartedProgram {
 public:
    // Starts arguments[0] (found on PATH); fails as run() does. Not zero: a read of the program for
    // which nothing comes for as long as `patience` fails, so that it ends by itself.
    StartedProgram(const std::vector<std::string>& arguments, const ProcessLimits& limits,
                   std::chrono::milliseconds patience = {});

    // True when it has ended before it was given anything.
    [[nodiscard]] bool ended();
    // As run() does, once. `sent` is called when the program has all of its input, or takes no
    // more.
    [[nodiscard]] ProcessOutput run(std::string_view input, const ProcessLimits& limits,
                                    const std::function<void()>& sent);

 private:
    std::string name_;
    sys::Descriptor in_;
    sys::Descriptor out_;
    sys::Descriptor err_;
    sys::Process program_;
};

// Runs arguments[0] (found on PATH) with `input` on its standard input, until it has ended. The
// limits bound the program's memory, processor time, files and output; at a limit it is killed.
// Fails with LECTERN_UNAVAILABLE when the program is not there, _DEADLINE_EXCEEDED,
// _RESOURCE_EXHAUSTED (output) and _CANCELLED. Safe from any thread; leaves no child behind.
[[nodiscard]] ProcessOutput run(const std::vector<std::string>& arguments, std::string_view input,
                                const ProcessLimits& limits);

}  // namespace lectern::documents
