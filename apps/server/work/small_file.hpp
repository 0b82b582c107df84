// apps/server/work/small_file.hpp: small files that the server keeps below its data folder.
#pragma once

#include <filesystem>
#include <string_view>

#include "lectern/status.hpp"

namespace lectern::server {

// The whole content by one rename: a reader and a crash see the one before or this one. On disk
// when ok.
[[nodiscard]] Status replace_file(const std::filesystem::path& file, std::string_view content);

}  // namespace lectern::server
