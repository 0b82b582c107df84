#include "storage/files.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

namespace lectern::storage {

namespace fs = std::filesystem;

Status file_error(const fs::path& file, const char* doing, int error) {
    std::string message =
        std::string(doing) + " " + file.string() + ": " + std::generic_category().message(error);
    switch (error) {
        case ENOSPC:
        case EDQUOT: return {Code::resource_exhausted, message + "; free some space and try again"};
        case ENOENT: return {Code::not_found, std::move(message)};
        case EACCES:
        case EROFS:
        case EPERM: return {Code::unavailable, message + "; check who owns the folder"};
        default: return {Code::internal, std::move(message)};
    }
}

Status sync_folder(const fs::path& folder) {
    const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return file_error(folder, "opening", errno);
    const int failed = ::fsync(descriptor) == 0 ? 0 : errno;
    ::close(descriptor);
    // Some file systems have no fsync for folders; their entries need none.
    if (failed != 0 && failed != EINVAL) return file_error(folder, "writing", failed);
    return {};
}

std::uintmax_t folder_bytes(const fs::path& folder) {
    std::uintmax_t total = 0;
    std::error_code ignored;
    fs::recursive_directory_iterator entry(folder, ignored);
    for (; !ignored && entry != fs::recursive_directory_iterator{}; entry.increment(ignored)) {
        std::error_code gone;  // compactions remove files while we look
        if (!entry->is_regular_file(gone)) continue;
        const std::uintmax_t size = entry->file_size(gone);
        if (!gone) total += size;
    }
    return total;
}

}  // namespace lectern::storage
