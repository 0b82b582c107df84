// apps/cli/progress.hpp: how long work is shown on stderr.
#pragma once

#include <chrono>
#include <string_view>

#include "lectern/lectern.hpp"

namespace lectern::app {

// A bar on a terminal; elsewhere a plain line after a second and then every ten. Nothing when
// `wanted` is false (--json). Not thread-safe; the engine reports from one thread at a time.
class Progress {
 public:
    explicit Progress(bool wanted);
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    ~Progress() { end(); }

    // `fraction`: of the whole work, 0 to 1; the time left is worked out from it. `what`: amounts
    // and rates, for people.
    void show(double fraction, std::string_view what);
    void show(const IngestProgress& state);
    // Takes the bar away.
    void end();

 private:
    using Clock = std::chrono::steady_clock;
    bool wanted_;
    bool bar_;
    bool shown_ = false;
    Clock::time_point begin_ = Clock::now();
    double next_line_ = 1;  // seconds since the beginning
};

}  // namespace lectern::app
