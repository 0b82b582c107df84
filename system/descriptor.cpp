#include "system/descriptor.hpp"

#include <cerrno>

namespace lectern::sys {

void Descriptor::close() noexcept {
    if (number_ < 0) return;
    const int before = errno;
    ::close(std::exchange(number_, -1));
    errno = before;
}

}  // namespace lectern::sys
