// system/mapping.hpp: a file's bytes, read only, paged in as they are touched.
#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string_view>
#include <system_error>
#include <utility>

#include "system/descriptor.hpp"

namespace lectern::sys {

// Moves keep bytes() where they are. The file must not be made shorter while it is mapped: reading
// past its new end ends the process. Replacing it by a rename is fine.
class Mapping {
 public:
    Mapping() = default;
    // The first `size` bytes of an open file; it may be closed afterwards.
    [[nodiscard]] static Mapping of(const Descriptor& file, std::size_t size,
                                    std::error_code& error) noexcept;
    // The whole of a file. errc::is_a_directory: it is no regular file.
    [[nodiscard]] static Mapping of(const std::filesystem::path& file,
                                    std::error_code& error) noexcept;
    Mapping(Mapping&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}
    Mapping& operator=(Mapping&& other) noexcept {
        std::swap(bytes_, other.bytes_);
        return *this;
    }
    Mapping(const Mapping&) = delete;
    Mapping& operator=(const Mapping&) = delete;
    ~Mapping();

    // Tells the system that the bytes will be read once, from the first to the last.
    void read_in_order() const noexcept;
    [[nodiscard]] std::span<const std::byte> bytes() const noexcept { return bytes_; }
    [[nodiscard]] std::string_view text() const noexcept {
        return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()};
    }

 private:
    std::span<const std::byte> bytes_;
};

}  // namespace lectern::sys
