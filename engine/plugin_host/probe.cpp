#include "engine/plugin_host/probe.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/json/parse.hpp>
#include <cerrno>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "engine/plugin_host/call_context.hpp"

extern char** environ;  // POSIX declares it nowhere

namespace lectern::host {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t max_report_bytes = 8 << 20;
constexpr std::size_t max_error_bytes = 64 << 10;

// Owns a file descriptor.
class Descriptor {
 public:
    Descriptor() = default;
    explicit Descriptor(int fd) noexcept : fd_(fd) {}
    Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }
    ~Descriptor() { close(); }
    void close() noexcept {
        if (fd_ >= 0) ::close(fd_);
        fd_ = -1;
    }
    [[nodiscard]] int get() const noexcept { return fd_; }

 private:
    int fd_ = -1;
};

struct Pipe {
    Descriptor read;
    Descriptor write;
};

Status system_failure(std::string what, int error) {
    return {Code::unavailable,
            std::move(what) + ": " + std::error_code(error, std::generic_category()).message()};
}

Result<Pipe> make_pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return system_failure("no pipe", errno);
    Pipe out{Descriptor(ends[0]), Descriptor(ends[1])};
    ::fcntl(out.read.get(), F_SETFL, O_NONBLOCK);
    return out;
}

// Appends what is there to `text`, keeping the last `most` bytes. False at the end of the file.
bool drain(int fd, std::string& text, std::size_t most) {
    std::array<char, 4096> buffer{};
    while (true) {
        const ssize_t count = ::read(fd, buffer.data(), buffer.size());
        if (count == 0) return false;
        if (count < 0) return errno == EAGAIN || errno == EINTR;
        text.append(buffer.data(), static_cast<std::size_t>(count));
        if (text.size() > most) text.erase(0, text.size() - most);
    }
}

// Linux 5.3 and later. By number: glibc 2.36 declares its wrapper for C only.
int open_process(pid_t pid) {
    return static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
}

// What the child has said and how it has ended.
struct Outcome {
    std::string report;
    std::string errors;
    bool timed_out = false;
    int wait_status = 0;
};

class Child {
 public:
    // In a process group of its own, with only 0 to 3 open, no signals blocked or ignored.
    static Result<Child> start(const std::filesystem::path& plugin, const ProbeOptions& options) {
        Child child;
        LECTERN_ASSIGN(Pipe report, make_pipe());
        LECTERN_ASSIGN(Pipe errors, make_pipe());

        posix_spawn_file_actions_t actions;
        ::posix_spawn_file_actions_init(&actions);
        ::posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
        ::posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
        // The errors first, and from a number above those that are made: neither covers the other.
        const Descriptor errors_end(::fcntl(errors.write.get(), F_DUPFD_CLOEXEC, 10));
        const Descriptor report_end(::fcntl(report.write.get(), F_DUPFD_CLOEXEC, 10));
        ::posix_spawn_file_actions_adddup2(&actions, errors_end.get(), 2);
        ::posix_spawn_file_actions_adddup2(&actions, report_end.get(), probe_report_fd);
        ::posix_spawn_file_actions_addclosefrom_np(&actions, probe_report_fd + 1);

        posix_spawnattr_t attributes;
        ::posix_spawnattr_init(&attributes);
        sigset_t none;
        sigset_t all;
        ::sigemptyset(&none);
        ::sigfillset(&all);
        ::posix_spawnattr_setsigmask(&attributes, &none);
        ::posix_spawnattr_setsigdefault(&attributes, &all);
        ::posix_spawnattr_setpgroup(&attributes, 0);
        ::posix_spawnattr_setflags(
            &attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
        std::array<std::string, 4> words{options.program.string(), plugin.string(),
                                         options.models_folder.string(),
                                         options.cache_folder.string()};
        std::array<char*, 5> argv{words[0].data(), words[1].data(), words[2].data(),
                                  words[3].data(), nullptr};
        const int error = ::posix_spawn(&child.pid_, options.program.c_str(), &actions, &attributes,
                                        argv.data(), environ);
        ::posix_spawnattr_destroy(&attributes);
        ::posix_spawn_file_actions_destroy(&actions);
        if (error != 0) {
            child.pid_ = -1;
            return system_failure(options.program.string() + " cannot be run", error);
        }
        child.report_ = std::move(report.read);
        child.errors_ = std::move(errors.read);
        child.process_ = Descriptor(open_process(child.pid_));
        if (child.process_.get() < 0) return system_failure("no pidfd", errno);
        return child;
    }

    Child(Child&& other) noexcept
        : pid_(std::exchange(other.pid_, -1)),
          process_(std::move(other.process_)),
          report_(std::move(other.report_)),
          errors_(std::move(other.errors_)) {}
    Child& operator=(Child&&) = delete;
    ~Child() { end(); }

    // Until the child ends or time is up.
    Outcome wait(std::chrono::milliseconds timeout) {
        Outcome out;
        const auto deadline = Clock::now() + timeout;
        while (true) {
            const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
            if (left.count() <= 0) {
                out.timed_out = true;
                break;
            }
            // A negative descriptor is passed over by poll.
            std::array<pollfd, 3> fds{{{process_.get(), POLLIN, 0},
                                       {report_.get(), POLLIN, 0},
                                       {errors_.get(), POLLIN, 0}}};
            const auto most = std::chrono::milliseconds(60'000);
            ::poll(fds.data(), fds.size(), static_cast<int>(std::min(left, most).count()));
            if (fds[1].revents != 0 && !drain(report_.get(), out.report, max_report_bytes))
                report_.close();
            if (fds[2].revents != 0 && !drain(errors_.get(), out.errors, max_error_bytes))
                errors_.close();
            if ((fds[0].revents & POLLIN) != 0) break;
        }
        out.wait_status = end();
        if (report_.get() >= 0) drain(report_.get(), out.report, max_report_bytes);
        if (errors_.get() >= 0) drain(errors_.get(), out.errors, max_error_bytes);
        return out;
    }

 private:
    Child() = default;
    // Ends the whole group and reaps the child; the child's wait status.
    int end() {
        int status = 0;
        if (pid_ <= 0) return status;
        // The child is not reaped yet, so its number and its group's are still its own.
        ::kill(-pid_, SIGKILL);
        while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) continue;
        pid_ = -1;
        return status;
    }

    pid_t pid_ = -1;
    Descriptor process_;
    Descriptor report_;
    Descriptor errors_;
};

std::string signal_name(int signal) {
    const char* abbreviation = ::sigabbrev_np(signal);
    return abbreviation == nullptr ? "signal " + std::to_string(signal)
                                   : "SIG" + std::string(abbreviation);
}

// The last line of `text` that has something on it, cut for a message.
std::string last_line(std::string_view text) {
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' '))
        text.remove_suffix(1);
    const std::size_t begin = text.rfind('\n');
    if (begin != std::string_view::npos) text.remove_prefix(begin + 1);
    while (text.starts_with(' ')) text.remove_prefix(1);
    return clean_text({text.data(), text.size()}, 200);
}

// "in its init": how far the child came.
std::string where(std::string_view report) {
    const std::string_view line =
        std::string_view(report).substr(0, report.find_last_not_of('\n') == std::string_view::npos
                                               ? 0
                                               : report.find_last_not_of('\n') + 1);
    const std::size_t begin = line.rfind('\n');
    const std::string_view last = begin == std::string_view::npos ? line : line.substr(begin + 1);
    if (last == probe_loading) return "while it was loaded";
    if (last == probe_init) return "in its init";
    if (last == probe_deinit) return "in its deinit";
    return "before it was loaded";
}

std::string seconds(std::chrono::milliseconds time) {
    if (time.count() % 1000 == 0) return std::to_string(time.count() / 1000) + " s";
    return std::to_string(time.count()) + " ms";
}

// The verdict that the child reported, if it came so far.
std::optional<Verdict> reported(std::string_view report, const std::filesystem::path& plugin) {
    const std::size_t at = report.rfind(std::string("\n") + probe_result);
    if (at == std::string_view::npos || !report.ends_with('\n')) return std::nullopt;
    const std::string_view json = report.substr(at + 1 + std::strlen(probe_result));
    boost::json::error_code error;
    const boost::json::value value = boost::json::parse(json.substr(0, json.find('\n')), error);
    return error ? std::nullopt : verdict_from_json(value, plugin);
}

}  // namespace

Result<Verdict> probe(const std::filesystem::path& plugin, const ProbeOptions& options) {
    LECTERN_ASSIGN(Child child, Child::start(plugin, options));
    const Outcome outcome = child.wait(options.timeout);
    const int status = outcome.wait_status;
    if (auto verdict = reported(outcome.report, plugin)) return std::move(*verdict);

    Verdict verdict;
    verdict.quarantined = true;
    verdict.lasting = true;
    if (outcome.timed_out) {
        verdict.reason =
            "hung " + where(outcome.report) + " (no end after " + seconds(options.timeout) + ")";
        return verdict;
    }
    if (WIFSIGNALED(status)) {
        verdict.reason =
            "crashed with " + signal_name(WTERMSIG(status)) + " " + where(outcome.report);
    } else if (outcome.report.empty()) {
        return Status(Code::unavailable, options.program.string() + " ended with exit code " +
                                             std::to_string(WEXITSTATUS(status)) +
                                             " before it began: " + last_line(outcome.errors));
    } else {
        verdict.reason = "ended the process with exit code " + std::to_string(WEXITSTATUS(status)) +
                         " " + where(outcome.report);
    }
    if (const std::string line = last_line(outcome.errors); !line.empty())
        verdict.reason += " (\"" + line + "\")";
    return verdict;
}

}  // namespace lectern::host
