// index/lexical/bytes.hpp: integers in rows of the column `postings`: varints (LEB128) and single
// bytes; keys hold big-endian numbers. Reading past the end gives zeros and is remembered.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace lectern::index::lexical {

inline void put_varint(std::string& out, std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) out += static_cast<char>((value & 0x7F) | 0x80);
    out += static_cast<char>(value);
}

// Small for numbers near 0 of either sign.
inline void put_signed(std::string& out, std::int64_t value) {
    put_varint(out,
               (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63));
}

template <typename Integer>
void put_big_endian(std::string& out, Integer value) {
    for (std::size_t i = sizeof(Integer); i-- > 0;)
        out += static_cast<char>((value >> (8 * i)) & 0xFF);
}

class ByteReader {
 public:
    explicit ByteReader(std::string_view bytes) : rest_(bytes) {}

    [[nodiscard]] std::uint64_t varint() {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64; shift += 7) {
            const std::uint8_t byte = this->byte();
            value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
            if (byte < 0x80) return value;
        }
        ok_ = false;
        return 0;
    }
    [[nodiscard]] std::int64_t signed_varint() {
        const std::uint64_t value = varint();
        return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1);
    }
    [[nodiscard]] std::uint8_t byte() {
        if (rest_.empty()) return ok_ = false, 0;
        const auto value = static_cast<std::uint8_t>(rest_.front());
        rest_.remove_prefix(1);
        return value;
    }
    [[nodiscard]] std::string_view take(std::uint64_t size) {
        if (size > rest_.size()) return ok_ = false, std::string_view{};
        const std::string_view taken = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return taken;
    }
    [[nodiscard]] std::string_view rest() const noexcept { return rest_; }
    // Nothing was missing so far.
    [[nodiscard]] bool ok() const noexcept { return ok_; }
    [[nodiscard]] bool ended() const noexcept { return ok_ && rest_.empty(); }

 private:
    std::string_view rest_;
    bool ok_ = true;
};

// A number of `bytes` big-endian bytes at `at`; the caller has checked the size.
[[nodiscard]] inline std::uint64_t big_endian(std::string_view bytes, std::size_t at,
                                              std::size_t size) noexcept {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < size; ++i)
        value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
    return value;
}

}  // namespace lectern::index::lexical
