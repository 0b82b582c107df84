#include "storage/store/file_calls.hpp"

#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>

namespace lectern::storage {

namespace {

std::atomic<FileFaults*> injected{nullptr};

int fails(FileCall call, std::size_t bytes) noexcept {
    FileFaults* faults = injected.load(std::memory_order_acquire);
    return faults == nullptr ? 0 : faults->fails(call, bytes);
}

}  // namespace

void set_file_faults(FileFaults* faults) noexcept {
    injected.store(faults, std::memory_order_release);
}

namespace file_call {

int write(int descriptor, const void* data, std::size_t size) noexcept {
    const auto* bytes = static_cast<const char*>(data);
    const int failure = fails(FileCall::write, size);
    if (failure != 0) size /= 2;  // a full disk takes a part
    while (size > 0) {
        const ssize_t written = ::write(descriptor, bytes, size);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return errno;
        if (written == 0) return ENOSPC;
        bytes += written;
        size -= static_cast<std::size_t>(written);
    }
    return failure;
}

int write_at(int descriptor, const void* data, std::size_t size, std::uint64_t offset) noexcept {
    if (const int failure = fails(FileCall::write, size); failure != 0) return failure;
    const auto* bytes = static_cast<const char*>(data);
    while (size > 0) {
        const ssize_t written = ::pwrite(descriptor, bytes, size, static_cast<off_t>(offset));
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return errno;
        if (written == 0) return ENOSPC;
        bytes += written;
        offset += static_cast<std::uint64_t>(written);
        size -= static_cast<std::size_t>(written);
    }
    return 0;
}

int sync(int descriptor) noexcept {
    if (const int failure = fails(FileCall::sync, 0); failure != 0) return failure;
    return ::fsync(descriptor) == 0 ? 0 : errno;
}

int rename(const std::filesystem::path& from, const std::filesystem::path& to) noexcept {
    if (const int failure = fails(FileCall::rename, 0); failure != 0) return failure;
    return std::rename(from.c_str(), to.c_str()) == 0 ? 0 : errno;
}

int before_read(std::size_t size) noexcept {
    return fails(FileCall::read, size);
}

}  // namespace file_call
}  // namespace lectern::storage
