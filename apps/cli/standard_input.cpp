#include "apps/cli/standard_input.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

namespace lectern::app {
namespace {

constexpr std::size_t most_in_memory = 64U << 20U;

Status system_failure(const std::string& what) {
    return {Code::unavailable, what + ": " + std::generic_category().message(errno)};
}

// Wakes a poll when a stop is asked for.
class StopPipe {
 public:
    explicit StopPipe(const std::stop_token& stop) {
        int ends[2];
        if (::pipe2(ends, O_CLOEXEC) != 0) return;
        read_end_ = sys::Descriptor(ends[0]);
        write_end_ = sys::Descriptor(ends[1]);
        stopped_.emplace(stop, Wake{this});
    }
    StopPipe(const StopPipe&) = delete;
    StopPipe& operator=(const StopPipe&) = delete;
    [[nodiscard]] bool open() const noexcept { return read_end_.is_open(); }
    [[nodiscard]] int read_end() const noexcept { return read_end_.get(); }

 private:
    struct Wake {
        StopPipe* pipe;
        void operator()() const noexcept { (void)!::write(pipe->write_end_.get(), "", 1); }
    };
    sys::Descriptor read_end_;
    sys::Descriptor write_end_;
    std::optional<std::stop_callback<Wake>> stopped_;  // last: it writes to the pipe
};

Result<sys::Descriptor> nameless_file() {
    std::error_code error;
    std::string name = (std::filesystem::temp_directory_path(error) / "lectern-XXXXXX").string();
    sys::Descriptor file(error ? -1 : ::mkostemp(name.data(), O_CLOEXEC));
    if (!file.is_open())
        return Status{
            Code::unavailable,
            "standard input is large and there is no temporary folder to keep it in: " +
                (error ? error : std::error_code(errno, std::generic_category())).message() +
                "; set TMPDIR to one"};
    ::unlink(name.c_str());
    return file;
}

}  // namespace

Status read_standard_input(const std::stop_token& stop,
                           const std::function<Result<bool>(std::string_view)>& take) {
    const StopPipe wake(stop);
    if (!wake.open()) return system_failure("no pipe");
    while (true) {
        pollfd waits[2] = {{STDIN_FILENO, POLLIN, 0}, {wake.read_end(), POLLIN, 0}};
        if (::poll(waits, 2, -1) < 0 && errno != EINTR) return system_failure("standard input");
        if (waits[1].revents != 0)
            return {Code::cancelled, "stopped before standard input had ended"};
        if (waits[0].revents == 0) continue;
        char piece[65536];
        const ssize_t got = ::read(STDIN_FILENO, piece, sizeof piece);
        if (got == 0) return {};
        if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
        if (got < 0) return system_failure("standard input cannot be read");
        LECTERN_ASSIGN(const bool more, take({piece, static_cast<std::size_t>(got)}));
        if (!more) return {};
    }
}

Result<StandardInput> StandardInput::read(const std::stop_token& stop) {
    StandardInput out;
    LECTERN_TRY(read_standard_input(stop, [&](std::string_view piece) -> Result<bool> {
        LECTERN_TRY(out.take(piece));
        return true;
    }));
    LECTERN_TRY(out.map());
    return out;
}

Status StandardInput::take(std::string_view piece) {
    if (!file_.is_open()) {
        memory_ += piece;
        if (memory_.size() <= most_in_memory) return {};
        LECTERN_ASSIGN(file_, nameless_file());
        const std::string kept = std::exchange(memory_, {});
        return take(kept);
    }
    while (!piece.empty()) {
        const ssize_t done = ::write(file_.get(), piece.data(), piece.size());
        if (done < 0 && errno == EINTR) continue;
        if (done < 0)
            return system_failure(
                "standard input is large and cannot be kept in the temporary folder (set TMPDIR "
                "to one with more space)");
        written_ += static_cast<std::size_t>(done);
        piece.remove_prefix(static_cast<std::size_t>(done));
    }
    return {};
}

Status StandardInput::map() {
    if (!file_.is_open()) return {};
    std::error_code error;
    mapped_ = sys::Mapping::of(file_, written_, error);
    if (error) return {Code::unavailable, "standard input cannot be mapped: " + error.message()};
    mapped_.read_in_order();
    return {};
}

std::string_view StandardInput::bytes() const noexcept {
    return mapped_.bytes().empty() ? std::string_view(memory_) : mapped_.text();
}

}  // namespace lectern::app
