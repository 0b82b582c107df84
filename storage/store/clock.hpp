// storage/store/clock.hpp: the time that is written into records.
#pragma once

#include <chrono>
#include <cstdint>

namespace lectern::storage {

// Milliseconds since 1970-01-01 UTC.
[[nodiscard]] inline std::int64_t now_milliseconds() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

}  // namespace lectern::storage
