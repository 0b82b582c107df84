// shared/file_hash.hpp: a name for the content of files.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace lectern::shared {

// XXH64 (https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md), seed 0: several bytes a
// clock cycle; not meant against someone who wants two files to collide.
[[nodiscard]] std::uint64_t xxh64(std::span<const std::byte> bytes) noexcept;
[[nodiscard]] std::uint64_t xxh64(std::string_view text) noexcept;

[[nodiscard]] std::string hexadecimal(std::uint64_t value);

// XXH64 of a file's content. A file larger than 1 MiB is remembered in `cache_folder` ("": not) by
// path, size, time of change and inode, so that the next start does not read it.
[[nodiscard]] std::uint64_t file_hash(const std::filesystem::path& path,
                                      const std::filesystem::path& cache_folder);

}  // namespace lectern::shared
