#include "engine/plugin_host/probe.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
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
#include "system/descriptor.hpp"
#include "system/process.hpp"

namespace lectern::host {
namespace {

using Clock = std::chrono::steady_clock;
using sys::Descriptor;

constexpr std::size_t max_report_bytes = 8 << 20;
constexpr std::size_t max_error_bytes = 64 << 10;

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
    // With only 0 to 3 open.
    static Result<Child> start(const std::filesystem::path& plugin, const ProbeOptions& options) {
        Child child;
        LECTERN_ASSIGN(Pipe report, make_pipe());
        LECTERN_ASSIGN(Pipe errors, make_pipe());
        const Descriptor nothing(::open("/dev/null", O_RDWR | O_CLOEXEC));
        if (!nothing.is_open()) return system_failure("/dev/null", errno);
        std::error_code error;
        child.process_ = sys::Process::start(
            {.path = options.program.string(),
             .words = {options.program.string(), plugin.string(), options.models_folder.string(),
                       options.cache_folder.string()},
             .descriptors = {{nothing.get(), 0},
                             {nothing.get(), 1},
                             {errors.write.get(), 2},
                             {report.write.get(), probe_report_fd}}},
            error);
        if (error)
            return system_failure(options.program.string() + " cannot be run", error.value());
        child.report_ = std::move(report.read);
        child.errors_ = std::move(errors.read);
        child.end_ = Descriptor(open_process(child.process_.id()));
        if (!child.end_.is_open()) return system_failure("no pidfd", errno);
        return child;
    }

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
            std::array<pollfd, 3> fds{
                {{end_.get(), POLLIN, 0}, {report_.get(), POLLIN, 0}, {errors_.get(), POLLIN, 0}}};
            const auto most = std::chrono::milliseconds(60'000);
            ::poll(fds.data(), fds.size(), static_cast<int>(std::min(left, most).count()));
            if (fds[1].revents != 0 && !drain(report_.get(), out.report, max_report_bytes))
                report_.close();
            if (fds[2].revents != 0 && !drain(errors_.get(), out.errors, max_error_bytes))
                errors_.close();
            if ((fds[0].revents & POLLIN) != 0) break;
        }
        out.wait_status = process_.kill();
        if (report_.is_open()) drain(report_.get(), out.report, max_report_bytes);
        if (errors_.is_open()) drain(errors_.get(), out.errors, max_error_bytes);
        return out;
    }

 private:
    Child() = default;
    sys::Process process_;
    Descriptor end_;  // a pidfd: readable once it has ended
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
