#include "system/mapping.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>

namespace lectern::sys {
namespace {

std::error_code last_failure() {
    return {errno, std::generic_category()};
}

}  // namespace

Mapping Mapping::of(const Descriptor& file, std::size_t size, std::error_code& error) noexcept {
    error.clear();
    Mapping out;
    if (size == 0) return out;  // mmap takes no empty range
    void* const data = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.get(), 0);
    if (data == MAP_FAILED)
        error = last_failure();
    else
        out.bytes_ = {static_cast<const std::byte*>(data), size};
    return out;
}

Mapping Mapping::of(const std::filesystem::path& file, std::error_code& error) noexcept {
    const Descriptor opened(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    struct stat status {};
    if (!opened.is_open() || ::fstat(opened.get(), &status) != 0) {
        error = last_failure();
        return {};
    }
    if (!S_ISREG(status.st_mode)) {
        error = std::make_error_code(std::errc::is_a_directory);
        return {};
    }
    return of(opened, static_cast<std::size_t>(status.st_size), error);
}

Mapping::~Mapping() {
    if (!bytes_.empty()) ::munmap(const_cast<std::byte*>(bytes_.data()), bytes_.size());
}

void Mapping::read_in_order() const noexcept {
    if (!bytes_.empty())
        ::madvise(const_cast<std::byte*>(bytes_.data()), bytes_.size(), MADV_SEQUENTIAL);
}

}  // namespace lectern::sys
