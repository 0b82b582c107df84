// translate/bytes.hpp: reads the fields of a binary file, and never past its end.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "plugins/shared/failure.hpp"

namespace lectern::translate {

static_assert(std::endian::native == std::endian::little, "the files are little-endian");

// A whole file; fails when it is not there, no file, or larger than `limit` bytes.
[[nodiscard]] std::vector<std::byte> read_file(const std::filesystem::path& path,
                                               std::uint64_t limit);

class ByteReader {
 public:
    // `name` is for messages.
    ByteReader(std::span<const std::byte> bytes, std::string name)
        : bytes_(bytes), name_(std::move(name)) {}

    template <typename T>
    [[nodiscard]] T number(const char* what) {
        T out{};
        const auto from = take(sizeof(T), what);
        std::memcpy(&out, from.data(), sizeof(T));
        return out;
    }
    [[nodiscard]] std::span<const std::byte> take(std::uint64_t count, const char* what) {
        if (count > left())
            corrupt(std::string("it ends within ") + what + ", at byte " +
                    std::to_string(bytes_.size()) + "; it was cut off, or is no such file");
        const auto out = bytes_.subspan(at_, static_cast<std::size_t>(count));
        at_ += static_cast<std::size_t>(count);
        return out;
    }
    [[nodiscard]] std::uint64_t left() const noexcept { return bytes_.size() - at_; }
    [[noreturn]] void corrupt(const std::string& what) const {
        shared::fail(LECTERN_CORRUPT, name_ + ": " + what);
    }

 private:
    std::span<const std::byte> bytes_;
    std::size_t at_ = 0;
    std::string name_;
};

}  // namespace lectern::translate
