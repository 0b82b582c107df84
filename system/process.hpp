// system/process.hpp: starts programs, without a shell.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "system/descriptor.hpp"

namespace lectern::sys {

struct Program {
    struct Given {
        int ours;
        int theirs;
    };

    std::string path;                // one without '/' is looked for on PATH
    std::vector<std::string> words;  // its arguments; the first is what it is called
    // "NAME=VALUE": beside this process's own and in their place. "NAME": not given.
    std::vector<std::string> variables = {};
    // Open files that it gets under numbers of its own. They may collide with ours.
    std::vector<Given> descriptors = {};
    // A process group of its own, with no signals blocked or ignored, and with no open files but
    // `descriptors`. Otherwise all is as after a fork: it has every file that is not close-on-exec,
    // without those of `closed`.
    bool apart = true;
    std::vector<int> closed = {};
};

// A running program. It is killed and waited for at the end of this object's life, so that nothing
// stays behind.
class Process {
 public:
    Process() = default;  // none
    // posix_spawn and not fork, which copies the page tables of a process with gigabytes of models
    // and gives the child the locks of threads that it does not have.
    [[nodiscard]] static Process start(const Program& program, std::error_code& error);
    Process(Process&& other) noexcept : id_(std::exchange(other.id_, 0)), apart_(other.apart_) {}
    Process& operator=(Process&& other) noexcept {
        std::swap(id_, other.id_);
        std::swap(apart_, other.apart_);
        return *this;
    }
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;
    ~Process() {
        if (id_ > 0) (void)kill();
    }

    // 0: it has ended and been waited for.
    [[nodiscard]] pid_t id() const noexcept { return id_; }
    // The caller waits for it from now on.
    [[nodiscard]] pid_t release() noexcept { return std::exchange(id_, 0); }

    // What poll(2) finds readable once it has ended; not open where the system has no such thing
    // (Linux before 5.3).
    [[nodiscard]] Descriptor end() const noexcept;

    // How it ended, as waitpid(2) says it; nothing while it runs.
    [[nodiscard]] std::optional<int> ended(std::error_code& error);
    // Waits for the end.
    [[nodiscard]] int wait(std::error_code& error);
    // Ends it with all of its group, and waits: how it ended, which may be by itself.
    int kill();

 private:
    pid_t id_ = 0;
    bool apart_ = true;
};

}  // namespace lectern::sys
