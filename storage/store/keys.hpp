// storage/store/keys.hpp: the keys of the column families. Integers are big-endian, so that
// RocksDB's byte order is the order of the numbers. docs/on-disk-format.md lists them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "storage/store/types.hpp"

namespace lectern::storage {

// A key of fixed size. Converts to the bytes it holds, which live as long as the key.
template <std::size_t size>
class Key {
 public:
    [[nodiscard]] std::string_view bytes() const noexcept { return {bytes_, size}; }

    template <typename Integer>
    void put(std::size_t at, Integer value) noexcept {
        for (std::size_t i = sizeof(Integer); i-- > 0; value = static_cast<Integer>(value >> 8))
            bytes_[at + i] = static_cast<char>(value & 0xff);
    }

 private:
    char bytes_[size] = {};
};

// documents (ordinal), chunks (chunk id), changes (sequence)
inline constexpr std::size_t number_key_size = 8;
// text: ordinal, block
inline constexpr std::size_t text_key_size = 12;
// vectors: generation, chunk id
inline constexpr std::size_t vector_key_size = 12;

[[nodiscard]] inline Key<number_key_size> number_key(std::uint64_t number) noexcept {
    Key<number_key_size> key;
    key.put(0, number);
    return key;
}

[[nodiscard]] inline Key<text_key_size> text_key(Ordinal document, std::uint32_t block) noexcept {
    Key<text_key_size> key;
    key.put(0, document);
    key.put(8, block);
    return key;
}

[[nodiscard]] inline Key<vector_key_size> vector_key(GenerationNumber generation,
                                                     ChunkId chunk) noexcept {
    Key<vector_key_size> key;
    key.put(0, generation);
    key.put(4, chunk);
    return key;
}

// In the settings' column, before the ordinal, the absolute path of a file, or that of a folder.
inline constexpr std::string_view origin_prefix = "origin:";
inline constexpr std::string_view file_prefix = "file:";
inline constexpr std::string_view source_prefix = "source:";
// Before the ordinal; the blocks of the bytes stand behind it with their number.
inline constexpr std::string_view original_prefix = "original:";
inline constexpr std::size_t original_key_size = original_prefix.size() + number_key_size;

[[nodiscard]] inline std::string origin_key(Ordinal document) {
    return std::string(origin_prefix) + std::string(number_key(document).bytes());
}

[[nodiscard]] inline std::string original_key(Ordinal document) {
    return std::string(original_prefix) + std::string(number_key(document).bytes());
}

[[nodiscard]] inline std::string original_key(Ordinal document, std::uint32_t block) {
    return std::string(original_prefix) + std::string(text_key(document, block).bytes());
}

// The big-endian integer at `at`; the caller has checked the size.
template <typename Integer>
[[nodiscard]] Integer key_integer(std::string_view key, std::size_t at) noexcept {
    Integer value = 0;
    for (std::size_t i = 0; i < sizeof(Integer); ++i)
        value = static_cast<Integer>((value << 8) | static_cast<unsigned char>(key[at + i]));
    return value;
}

}  // namespace lectern::storage
