// storage/files.hpp: file calls that survive a power failure.
#pragma once

#include <filesystem>

#include "lectern/status.hpp"

namespace lectern::storage {

// Code::resource_exhausted when the disk is full, not_found when the file is not there,
// internal otherwise: "writing x: No space left on device".
[[nodiscard]] Status file_error(const std::filesystem::path& file, const char* doing, int error);

// Makes created, renamed and removed entries of a folder durable (fsync).
[[nodiscard]] Status sync_folder(const std::filesystem::path& folder);

// Bytes of all regular files below a folder; what cannot be read counts nothing.
[[nodiscard]] std::uintmax_t folder_bytes(const std::filesystem::path& folder);

}  // namespace lectern::storage
