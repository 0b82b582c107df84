// system/crc32c.hpp: the checksum of cache files: CRC-32C (Castagnoli), as in iSCSI (RFC
// 3720) and in RocksDB's own blocks. Uses the processor's instruction where it has one.
#pragma once

#include <cstddef>
#include <cstdint>

namespace lectern::sys {

// The checksum of `size` bytes, or of what `previous` was made from with these bytes behind it.
[[nodiscard]] std::uint32_t crc32c(const void* data, std::size_t size,
                                   std::uint32_t previous = 0) noexcept;

}  // namespace lectern::sys
