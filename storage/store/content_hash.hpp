// storage/store/content_hash.hpp: names content by its bytes.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "storage/store/types.hpp"

namespace lectern::storage {

// SHA-256 (FIPS 180-4), fed in pieces. One thread at a time.
class Sha256 {
 public:
    void update(std::string_view bytes) noexcept;
    // The digest of everything fed so far. Ends the use of the object.
    [[nodiscard]] std::array<std::uint8_t, 32> finish() noexcept;

 private:
    void compress(const std::uint8_t* block) noexcept;

    std::array<std::uint32_t, 8> state_{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                        0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    std::array<std::uint8_t, 64> pending_{};
    std::size_t pending_size_ = 0;
    std::uint64_t total_ = 0;  // bytes
};

// The first 128 bits of SHA-256: equal hashes are taken for equal contents.
[[nodiscard]] Hash128 content_hash(std::string_view bytes) noexcept;

}  // namespace lectern::storage
