// documents/program_ahead.hpp: runs one program for many inputs, and starts it before it is needed.
//
// Of the time that pdftotext takes for a small file its start is half: thirty libraries are linked.
#pragma once

#include <chrono>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "documents/child_process.hpp"

namespace lectern::documents {

// Where inputs follow each other closely, the program for the next one is started while the one for
// this works, and waits for its input. At most one waits, within the memory and the processor time
// that the run before was given. Safe from any thread.
class ProgramAhead {
 public:
    // One that waits ends by itself after `patience`, and is used until half of it is over.
    explicit ProgramAhead(std::chrono::milliseconds patience = std::chrono::seconds(30))
        : patience_(patience) {}

    // As documents::run does.
    [[nodiscard]] ProcessOutput run(const std::vector<std::string>& arguments,
                                    std::string_view input, const ProcessLimits& limits);

 private:
    using Clock = std::chrono::steady_clock;
    struct Waiting {
        StartedProgram program;
        std::vector<std::string> arguments;
        Clock::time_point since;
    };
    [[nodiscard]] bool is_fresh(Clock::time_point since) const {
        return Clock::now() - since < patience_ / 2;
    }
    [[nodiscard]] std::optional<StartedProgram> take(const std::vector<std::string>& arguments);
    void start_next(const std::vector<std::string>& arguments, const ProcessLimits& limits);

    const std::chrono::milliseconds patience_;
    std::mutex lock_;
    std::optional<Waiting> waiting_;
    std::optional<Clock::time_point> last_;  // run
};

}  // namespace lectern::documents
