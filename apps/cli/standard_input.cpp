#include "apps/cli/standard_input.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
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
    explicit StopPipe(const std::stop_token& stop) : open_(::pipe2(ends_, O_CLOEXEC) == 0) {
        stopped_.emplace(stop, Wake{this});
    }
    StopPipe(const StopPipe&) = delete;
    StopPipe& operator=(const StopPipe&) = delete;
    ~StopPipe() {
        stopped_.reset();  // it writes to the pipe
        for (const int end : ends_)
            if (end >= 0) ::close(end);
    }
    [[nodiscard]] bool open() const noexcept { return open_; }
    [[nodiscard]] int read_end() const noexcept { return ends_[0]; }

 private:
    struct Wake {
        StopPipe* pipe;
        void operator()() const noexcept { (void)!::write(pipe->ends_[1], "", 1); }
    };
    int ends_[2] = {-1, -1};
    bool open_;
    std::optional<std::stop_callback<Wake>> stopped_;
};

Result<int> nameless_file() {
    std::error_code error;
    std::string name = (std::filesystem::temp_directory_path(error) / "lectern-XXXXXX").string();
    const int file = error ? -1 : ::mkostemp(name.data(), O_CLOEXEC);
    if (file < 0)
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
    if (file_ < 0) {
        memory_ += piece;
        if (memory_.size() <= most_in_memory) return {};
        LECTERN_ASSIGN(file_, nameless_file());
        const std::string kept = std::exchange(memory_, {});
        return take(kept);
    }
    while (!piece.empty()) {
        const ssize_t done = ::write(file_, piece.data(), piece.size());
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
    if (file_ < 0) return {};
    void* mapped = ::mmap(nullptr, written_, PROT_READ, MAP_PRIVATE, file_, 0);
    if (mapped == MAP_FAILED) return system_failure("standard input cannot be mapped");
    mapped_ = mapped;
    ::madvise(mapped, written_, MADV_SEQUENTIAL);
    return {};
}

std::string_view StandardInput::bytes() const noexcept {
    return mapped_ == nullptr ? std::string_view(memory_)
                              : std::string_view(static_cast<const char*>(mapped_), written_);
}

StandardInput::StandardInput(StandardInput&& other) noexcept
    : memory_(std::move(other.memory_)),
      file_(std::exchange(other.file_, -1)),
      written_(other.written_),
      mapped_(std::exchange(other.mapped_, nullptr)) {}

StandardInput::~StandardInput() {
    if (mapped_ != nullptr) ::munmap(mapped_, written_);
    if (file_ >= 0) ::close(file_);
}

}  // namespace lectern::app
