// archive/member_path.hpp: what the names of an archive's members may be.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace lectern::archive {

// "./docs//a.txt", "/docs/a.txt" and "docs\a.txt" are "docs/a.txt". Bytes that are not UTF-8 are
// guessed at (in a ZIP archive they may be of DOS's code page), and control characters are "?".
// Nothing for a path that leads out of the archive, is empty, or is too long to be part of an id.
[[nodiscard]] std::optional<std::string> member_path(std::string_view name, bool zip = false);

// What a folder's files are not read for either: hidden files and folders, and what macOS and
// Windows leave beside files.
[[nodiscard]] bool is_left_out(std::string_view path) noexcept;

}  // namespace lectern::archive
