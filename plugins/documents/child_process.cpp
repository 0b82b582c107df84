#include "documents/child_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>
#include <utility>

#include "documents/extracted.hpp"

namespace lectern::documents {
namespace {

using Clock = std::chrono::steady_clock;
using sys::Descriptor;

std::string reason(int error) {
    return std::generic_category().message(error);
}

struct Channel {
    Descriptor ours;  // does not block
    Descriptor theirs;
};

// A socket pair and not a pipe: send() can be told not to raise SIGPIPE in the host's process.
Channel channel() {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
        fail(LECTERN_RESOURCE_EXHAUSTED, "no socket pair for a program: " + reason(errno));
    Channel out{Descriptor(ends[0]), Descriptor(ends[1])};
    ::fcntl(out.ours.get(), F_SETFL, ::fcntl(out.ours.get(), F_GETFL) | O_NONBLOCK);
    return out;
}

// prlimit and not setrlimit in the child, for which posix_spawn has no place. The program reads all
// of its input before it works, and the input comes after this.
void limit(const sys::Process& program, const ProcessLimits& limits) {
    const auto set = [&](decltype(RLIMIT_CPU) what, rlim_t most) {
        const rlimit value{most, most};
        ::prlimit(program.id(), what, &value, nullptr);  // one that has ended already needs none
    };
    set(RLIMIT_CPU, static_cast<rlim_t>(limits.time.count() / 1000 + 1));
    set(RLIMIT_AS, limits.memory_bytes);
    set(RLIMIT_CORE, 0);
    set(RLIMIT_FSIZE, limits.output_bytes);
}

// True when it has ended.
bool ended(sys::Process& program, ProcessOutput& result) {
    std::error_code error;
    const auto status = program.ended(error);
    if (!status) return false;
    if (error) fail(LECTERN_INTERNAL, "the program's end was lost: " + error.message());
    result.exit_code = WIFEXITED(*status) ? WEXITSTATUS(*status) : -1;
    result.signal = WIFSIGNALED(*status) ? WTERMSIG(*status) : 0;
    return true;
}

sys::Process start(const std::vector<std::string>& arguments,
                   const std::vector<std::string>& variables, const Descriptor& in,
                   const Descriptor& out, const Descriptor& err) {
    std::error_code error;
    sys::Process program =
        sys::Process::start({.path = arguments.front(),
                             .words = arguments,
                             .variables = variables,
                             .descriptors = {{in.get(), 0}, {out.get(), 1}, {err.get(), 2}}},
                            error);
    if (error == std::errc::no_such_file_or_directory)
        fail(LECTERN_UNAVAILABLE, "the program \"" + arguments.front() + "\" was not found");
    if (error)
        fail(LECTERN_UNAVAILABLE,
             "the program \"" + arguments.front() + "\" did not start: " + error.message());
    return program;
}

// Sends what the program takes now; closes the channel at the end of the input, and when the
// program no longer reads.
void feed(Descriptor& to, std::string_view& input) {
    while (!input.empty()) {
        const std::size_t piece = std::min(input.size(), std::size_t{1} << 20);
        const ssize_t sent = ::send(to.get(), input.data(), piece, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
        if (sent < 0) break;
        input.remove_prefix(static_cast<std::size_t>(sent));
    }
    to.close();
}

// Appends what has come, keeping at most `most` bytes; false when there was more than that.
bool drain(Descriptor& from, std::string& to, std::size_t most) {
    std::array<char, 65536> piece{};
    bool fits = true;
    for (;;) {
        const ssize_t got = ::recv(from.get(), piece.data(), piece.size(), 0);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return fits;
        if (got <= 0) {
            from.close();
            return fits;
        }
        const std::size_t size = static_cast<std::size_t>(got);
        const std::size_t room = most - to.size();
        fits = fits && size <= room;
        to.append(piece.data(), std::min(size, room));
        if (!fits) return false;
    }
}

constexpr std::size_t most_of_stderr = 4096;  // bytes

}  // namespace

StartedProgram::StartedProgram(const std::vector<std::string>& arguments,
                               const ProcessLimits& limits, std::chrono::milliseconds patience)
    : name_(arguments.front()) {
    Channel in = channel();
    Channel out = channel();
    Channel err = channel();
    if (patience.count() > 0) {
        const timeval most{patience.count() / 1000, patience.count() % 1000 * 1000};
        ::setsockopt(in.theirs.get(), SOL_SOCKET, SO_RCVTIMEO, &most, sizeof most);
    }
    program_ = start(arguments, limits.variables, in.theirs, out.theirs, err.theirs);
    limit(program_, limits);
    in_ = std::move(in.ours);
    out_ = std::move(out.ours);
    err_ = std::move(err.ours);
}

bool StartedProgram::ended() {
    ProcessOutput none;
    return documents::ended(program_, none);
}

ProcessOutput StartedProgram::run(std::string_view input, const ProcessLimits& limits,
                                  const std::function<void()>& sent) {
    const auto deadline = Clock::now() + limits.time;
    const Descriptor end = program_.end();
    ProcessOutput result;
    bool told = false;  // that all is sent
    int pause = 1;      // milliseconds, when only the end is awaited and nothing tells it
    for (;;) {
        const bool closed = !out_.is_open() && !err_.is_open();
        if (closed && documents::ended(program_, result)) return result;
        if (limits.cancelled && limits.cancelled()) fail(LECTERN_CANCELLED, "cancelled");
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
        if (left.count() <= 0)
            fail(LECTERN_DEADLINE_EXCEEDED, "\"" + name_ + "\" took longer than " +
                                                std::to_string(limits.time.count()) +
                                                " ms and was stopped");

        if (closed) in_.close();
        std::array<pollfd, 4> waits{{{in_.get(), POLLOUT, 0},
                                     {out_.get(), POLLIN, 0},
                                     {err_.get(), POLLIN, 0},
                                     {closed ? end.get() : -1, POLLIN, 0}}};
        std::chrono::milliseconds::rep most = 100;
        if (closed && !end.is_open()) {
            most = pause;
            pause = std::min(pause * 2, 50);
        }
        most = std::min<std::chrono::milliseconds::rep>(left.count(), most);
        if (::poll(waits.data(), waits.size(), static_cast<int>(most)) < 0 && errno != EINTR)
            fail(LECTERN_INTERNAL, "poll failed: " + reason(errno));
        if (waits[0].revents != 0) feed(in_, input);
        if (!in_.is_open() && !std::exchange(told, true) && sent) sent();
        if (waits[1].revents != 0 && !drain(out_, result.out, limits.output_bytes))
            fail(LECTERN_RESOURCE_EXHAUSTED, "\"" + name_ + "\" wrote more than " +
                                                 std::to_string(limits.output_bytes >> 20) +
                                                 " MiB and was stopped");
        if (waits[2].revents != 0) drain(err_, result.err, most_of_stderr);
    }
}

ProcessOutput run(const std::vector<std::string>& arguments, std::string_view input,
                  const ProcessLimits& limits) {
    return StartedProgram(arguments, limits).run(input, limits, {});
}

}  // namespace lectern::documents
