// storage/store/file_calls.hpp: the file calls of our own cache files, in one place so that tests
// can make them fail. (RocksDB's own go through OpenOptions::environment.)
//
// Each does what the system call of its name does, and gives errno instead of -1: 0 is success.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>

namespace lectern::storage {

enum class FileCall { read, write, sync, rename };

// Asked before each call, from any thread. Gives the errno to fail with, or 0.
class FileFaults {
 public:
    virtual ~FileFaults() = default;
    virtual int fails(FileCall call, std::size_t bytes) = 0;
};
// Null: nothing fails. Borrowed; for tests, while no other thread makes file calls.
void set_file_faults(FileFaults* faults) noexcept;

namespace file_call {

// All of the bytes; what was written before a failure stays.
[[nodiscard]] int write(int descriptor, const void* data, std::size_t size) noexcept;
[[nodiscard]] int write_at(int descriptor, const void* data, std::size_t size,
                           std::uint64_t offset) noexcept;
[[nodiscard]] int sync(int descriptor) noexcept;
[[nodiscard]] int rename(const std::filesystem::path& from,
                         const std::filesystem::path& to) noexcept;
// Whether a read of that many bytes may be done.
[[nodiscard]] int before_read(std::size_t size) noexcept;

}  // namespace file_call
}  // namespace lectern::storage
