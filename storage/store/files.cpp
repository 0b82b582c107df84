#include "storage/store/files.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

#include "storage/store/file_calls.hpp"
#include "system/descriptor.hpp"

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
    const sys::Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!opened.is_open()) return file_error(folder, "opening", errno);
    const int failed = ::fsync(opened.get()) == 0 ? 0 : errno;
    // Some file systems have no fsync for folders; their entries need none.
    if (failed != 0 && failed != EINVAL) return file_error(folder, "writing", failed);
    return {};
}

Status write_file(const fs::path& file, std::string_view bytes) {
    const sys::Descriptor opened(
        ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
    int error = opened.is_open() ? 0 : errno;
    if (error == 0) error = file_call::write(opened.get(), bytes.data(), bytes.size());
    if (error == 0) error = file_call::sync(opened.get());
    return error == 0 ? Status{} : file_error(file, "writing", error);
}

fs::path parent_of(const fs::path& folder) {
    const fs::path absolute = fs::absolute(folder).lexically_normal();
    // A path that ends with a slash has an empty last part.
    return absolute.has_filename() ? absolute.parent_path() : absolute.parent_path().parent_path();
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
