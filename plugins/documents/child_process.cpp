#include "documents/child_process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/socket.h>
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

std::string reason(int error) {
    return std::generic_category().message(error);
}

class Descriptor {
 public:
    Descriptor() = default;
    explicit Descriptor(int number) noexcept : number_(number) {}
    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    ~Descriptor() { close(); }

    void close() noexcept {
        if (number_ >= 0) ::close(number_);
        number_ = -1;
    }
    [[nodiscard]] int number() const noexcept { return number_; }
    [[nodiscard]] bool open() const noexcept { return number_ >= 0; }

 private:
    int number_ = -1;
};

struct Channel {
    Descriptor ours;    // does not block
    Descriptor theirs;  // 3 or more, so that it never collides with the standard three
};

// A socket pair and not a pipe: send() can be told not to raise SIGPIPE in the host's process.
Channel channel() {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
        fail(LECTERN_RESOURCE_EXHAUSTED, "no socket pair for a program: " + reason(errno));
    Channel out{Descriptor(ends[0]), Descriptor(ends[1])};
    if (out.theirs.number() < 3) {
        Descriptor higher(::fcntl(out.theirs.number(), F_DUPFD_CLOEXEC, 3));
        if (!higher.open())
            fail(LECTERN_RESOURCE_EXHAUSTED, "no descriptor for a program: " + reason(errno));
        out.theirs = std::move(higher);
    }
    ::fcntl(out.ours.number(), F_SETFL, ::fcntl(out.ours.number(), F_GETFL) | O_NONBLOCK);
    return out;
}

// A running program. Killed and waited for at the end of its life, whatever happens.
class Child {
 public:
    Child(const std::vector<std::string>& arguments, const std::vector<std::string>& variables,
          int in, int out, int err);
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child() {
        if (done_) return;
        ::kill(-pid_, SIGKILL);
        ::kill(pid_, SIGKILL);
        int status = 0;
        while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
        }
    }

    // prlimit and not setrlimit in the child: posix_spawn has no place for the latter, and fork
    // copies the page tables of a host with gigabytes of models. The program reads all of its input
    // before it works, and the input comes after this.
    void limit(const ProcessLimits& limits) const {
        const auto seconds = static_cast<rlim_t>(limits.time.count() / 1000 + 1);
        set(RLIMIT_CPU, seconds);
        set(RLIMIT_AS, limits.memory_bytes);
        set(RLIMIT_CORE, 0);
        set(RLIMIT_FSIZE, limits.output_bytes);
    }

    // True when it has ended.
    bool ended(ProcessOutput& result) {
        int status = 0;
        const pid_t found = ::waitpid(pid_, &status, WNOHANG);
        if (found == 0 || (found < 0 && errno == EINTR)) return false;
        done_ = true;
        if (found < 0) fail(LECTERN_INTERNAL, "the program's end was lost: " + reason(errno));
        result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
        result.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
        return true;
    }

 private:
    void set(decltype(RLIMIT_CPU) what, rlim_t most) const noexcept {
        const rlimit value{most, most};
        ::prlimit(pid_, what, &value, nullptr);  // a child that has ended already needs none
    }

    pid_t pid_ = 0;
    bool done_ = false;
};

class SpawnSettings {
 public:
    SpawnSettings(int in, int out, int err) {
        ::posix_spawn_file_actions_init(&actions_);
        ::posix_spawn_file_actions_adddup2(&actions_, in, 0);
        ::posix_spawn_file_actions_adddup2(&actions_, out, 1);
        ::posix_spawn_file_actions_adddup2(&actions_, err, 2);
        ::posix_spawn_file_actions_addclosefrom_np(&actions_, 3);
        ::posix_spawnattr_init(&attributes_);
        sigset_t none;
        sigset_t all;
        ::sigemptyset(&none);
        ::sigfillset(&all);
        ::posix_spawnattr_setsigmask(&attributes_, &none);
        ::posix_spawnattr_setsigdefault(&attributes_, &all);
        // A group of its own: the terminal's Ctrl-C is the host's business.
        ::posix_spawnattr_setpgroup(&attributes_, 0);
        ::posix_spawnattr_setflags(
            &attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    }
    SpawnSettings(const SpawnSettings&) = delete;
    SpawnSettings& operator=(const SpawnSettings&) = delete;
    ~SpawnSettings() {
        ::posix_spawn_file_actions_destroy(&actions_);
        ::posix_spawnattr_destroy(&attributes_);
    }
    [[nodiscard]] const posix_spawn_file_actions_t* actions() const noexcept { return &actions_; }
    [[nodiscard]] const posix_spawnattr_t* attributes() const noexcept { return &attributes_; }

 private:
    posix_spawn_file_actions_t actions_{};
    posix_spawnattr_t attributes_{};
};

// As the system wants them: a list with NULL at its end.
std::vector<char*> pointers_to(std::vector<std::string>& texts) {
    std::vector<char*> out;
    out.reserve(texts.size() + 1);
    for (std::string& text : texts) out.push_back(text.data());
    out.push_back(nullptr);
    return out;
}

std::vector<std::string> environment_with(const std::vector<std::string>& variables) {
    std::vector<std::string> out;
    for (char** own = environ; own != nullptr && *own != nullptr; ++own) {
        const std::string_view one = *own;
        const std::string_view name = one.substr(0, one.find('='));
        const bool replaced =
            std::any_of(variables.begin(), variables.end(), [&](const std::string& other) {
                return std::string_view(other).substr(0, other.find('=')) == name;
            });
        if (!replaced) out.emplace_back(one);
    }
    out.insert(out.end(), variables.begin(), variables.end());
    return out;
}

Child::Child(const std::vector<std::string>& arguments, const std::vector<std::string>& variables,
             int in, int out, int err) {
    std::vector<std::string> copies = arguments;
    const std::vector<char*> pointers = pointers_to(copies);
    std::vector<std::string> environment = environment_with(variables);
    const std::vector<char*> environment_pointers = pointers_to(environment);
    const SpawnSettings settings(in, out, err);
    const int error =
        ::posix_spawnp(&pid_, pointers.front(), settings.actions(), settings.attributes(),
                       pointers.data(), environment_pointers.data());
    if (error == ENOENT)
        fail(LECTERN_UNAVAILABLE, "the program \"" + arguments.front() + "\" was not found");
    if (error != 0)
        fail(LECTERN_UNAVAILABLE,
             "the program \"" + arguments.front() + "\" did not start: " + reason(error));
}

// Sends what the program takes now; closes the channel at the end of the input, and when the
// program no longer reads.
void feed(Descriptor& to, std::string_view& input) {
    while (!input.empty()) {
        const std::size_t piece = std::min(input.size(), std::size_t{1} << 20);
        const ssize_t sent = ::send(to.number(), input.data(), piece, MSG_NOSIGNAL);
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
        const ssize_t got = ::recv(from.number(), piece.data(), piece.size(), 0);
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

ProcessOutput run(const std::vector<std::string>& arguments, std::string_view input,
                  const ProcessLimits& limits) {
    const auto deadline = Clock::now() + limits.time;
    Channel in = channel();
    Channel out = channel();
    Channel err = channel();
    Child child(arguments, limits.variables, in.theirs.number(), out.theirs.number(),
                err.theirs.number());
    in.theirs.close();
    out.theirs.close();
    err.theirs.close();
    child.limit(limits);

    ProcessOutput result;
    int pause = 1;  // milliseconds, once the channels are closed and only the end is awaited
    for (;;) {
        if (!out.ours.open() && !err.ours.open() && child.ended(result)) return result;
        if (limits.cancelled && limits.cancelled()) fail(LECTERN_CANCELLED, "cancelled");
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
        if (left.count() <= 0)
            fail(LECTERN_DEADLINE_EXCEEDED, "\"" + arguments.front() + "\" took longer than " +
                                                std::to_string(limits.time.count()) +
                                                " ms and was stopped");

        std::array<pollfd, 3> waits{{{in.ours.number(), POLLOUT, 0},
                                     {out.ours.number(), POLLIN, 0},
                                     {err.ours.number(), POLLIN, 0}}};
        const bool closed = !out.ours.open() && !err.ours.open();
        const auto most =
            std::min<std::chrono::milliseconds::rep>(left.count(), closed ? pause : 100);
        if (closed) {
            in.ours.close();
            waits[0].fd = -1;
            pause = std::min(pause * 2, 50);
        }
        if (::poll(waits.data(), waits.size(), static_cast<int>(most)) < 0 && errno != EINTR)
            fail(LECTERN_INTERNAL, "poll failed: " + reason(errno));
        if (waits[0].revents != 0) feed(in.ours, input);
        if (waits[1].revents != 0 && !drain(out.ours, result.out, limits.output_bytes))
            fail(LECTERN_RESOURCE_EXHAUSTED, "\"" + arguments.front() + "\" wrote more than " +
                                                 std::to_string(limits.output_bytes >> 20) +
                                                 " MiB and was stopped");
        if (waits[2].revents != 0) drain(err.ours, result.err, most_of_stderr);
    }
}

}  // namespace lectern::documents
