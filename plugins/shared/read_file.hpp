// shared/read_file.hpp: files of models.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "system/mapping.hpp"

namespace lectern::shared {

// Fails (Failure) when the path is no readable regular file.
[[nodiscard]] sys::Mapping map_file(const std::filesystem::path& path);

// A whole small file; fails when it is not there or larger than `limit` bytes.
[[nodiscard]] std::string read_text_file(const std::filesystem::path& path,
                                         std::uint64_t limit = std::uint64_t{64} << 20U);

}  // namespace lectern::shared
