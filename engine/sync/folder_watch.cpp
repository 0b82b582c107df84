#include "engine/sync/folder_watch.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <string>
#include <system_error>
#include <utility>

namespace lectern {
namespace {

constexpr std::uint32_t watched = IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_DELETE_SELF |
                                  IN_MODIFY | IN_MOVED_FROM | IN_MOVED_TO | IN_MOVE_SELF |
                                  IN_ATTRIB | IN_ONLYDIR;

Status watch_failure(const std::string& what) {
    const int error = errno;
    if (error == ENOSPC)
        return {Code::resource_exhausted,
                what +
                    ": the system watches no more folders for this user; raise "
                    "fs.inotify.max_user_watches"};
    if (error == EMFILE)
        return {Code::resource_exhausted,
                what +
                    ": too many programs of this user watch folders; raise "
                    "fs.inotify.max_user_instances"};
    return {Code::unavailable, what + ": " + std::generic_category().message(error)};
}

}  // namespace

Result<FolderWatch> FolderWatch::make() {
    sys::Descriptor notify(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
    if (!notify.is_open()) return watch_failure("watching folders");
    sys::Descriptor wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!wake.is_open()) return watch_failure("watching folders");
    return FolderWatch(std::move(notify), std::move(wake));
}

Status FolderWatch::add(const std::filesystem::path& folder) {
    if (::inotify_add_watch(notify_.get(), folder.c_str(), watched) >= 0) return {};
    // What cannot be read is told by whoever reads it.
    if (errno == ENOENT || errno == ENOTDIR || errno == EACCES) return {};
    return watch_failure("watching '" + folder.string() + "'");
}

void FolderWatch::drain() const {
    std::array<char, 16384> events;
    while (::read(notify_.get(), events.data(), events.size()) > 0) {
    }
}

bool FolderWatch::wait(std::chrono::milliseconds quiet, std::chrono::milliseconds at_most,
                       const std::stop_token& stop) {
    using Clock = std::chrono::steady_clock;
    const std::stop_callback wake(stop, [this] {
        const std::uint64_t one = 1;
        (void)!::write(wake_.get(), &one, sizeof one);
    });
    Clock::time_point until = Clock::now() + at_most;
    Clock::time_point latest = until;
    bool changed = false;
    while (!stop.stop_requested()) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
        if (left.count() <= 0) return true;
        std::array<pollfd, 2> polled{{{notify_.get(), POLLIN, 0}, {wake_.get(), POLLIN, 0}}};
        const int ready = ::poll(polled.data(), polled.size(), static_cast<int>(left.count()));
        if (ready < 0 && errno != EINTR) return true;
        if (ready <= 0 || (polled[0].revents & POLLIN) == 0) continue;
        drain();
        const Clock::time_point now = Clock::now();
        if (!changed) latest = now + 10 * quiet;
        changed = true;
        until = std::min(now + quiet, latest);
    }
    return false;
}

}  // namespace lectern
