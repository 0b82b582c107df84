// bert/mapped_file.hpp: a file's bytes, read only, without reading them all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <utility>

namespace lectern::bert {

// Owns one read-only mapping. The file must not be shortened while it is mapped: reading past its
// new end would end the process; replacing it by a rename is safe.
class MappedFile {
 public:
    // Fails (Failure) when the path is no readable regular file.
    explicit MappedFile(const std::filesystem::path& path);
    MappedFile(MappedFile&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}
    MappedFile& operator=(MappedFile&& other) noexcept {
        std::swap(bytes_, other.bytes_);
        return *this;
    }
    MappedFile(const MappedFile&) = delete;
    MappedFile& operator=(const MappedFile&) = delete;
    ~MappedFile();

    [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return bytes_; }

 private:
    std::span<const std::byte> bytes_;
};

// A whole small file; fails when it is not there or larger than `limit` bytes.
[[nodiscard]] std::string read_text_file(const std::filesystem::path& path,
                                         std::uint64_t limit = std::uint64_t{64} << 20U);

}  // namespace lectern::bert
