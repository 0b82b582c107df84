// storage/store/files.hpp: file calls that survive a power failure.
#pragma once

#include <filesystem>
#include <string_view>

#include "lectern/status.hpp"

namespace lectern::storage {

// Code::resource_exhausted when the disk is full, not_found when the file is not there,
// internal otherwise: "writing x: No space left on device".
[[nodiscard]] Status file_error(const std::filesystem::path& file, const char* doing, int error);

// Makes created, renamed and removed entries of a folder durable (fsync).
[[nodiscard]] Status sync_folder(const std::filesystem::path& folder);

// A small file, made or replaced, with these bytes on disk; its name is the folder's business.
[[nodiscard]] Status write_file(const std::filesystem::path& file, std::string_view bytes);

// The folder that holds this one, also when the path is relative or ends with a slash.
[[nodiscard]] std::filesystem::path parent_of(const std::filesystem::path& folder);

// Bytes of all regular files below a folder; what cannot be read counts nothing.
[[nodiscard]] std::uintmax_t folder_bytes(const std::filesystem::path& folder);

}  // namespace lectern::storage
