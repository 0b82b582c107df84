// storage/store/quote.hpp: names in messages.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace lectern::storage {

[[nodiscard]] inline std::string in_quotes(std::string_view text) {
    std::string result;
    result.reserve(text.size() + 2);
    result += '"';
    result += text;
    result += '"';
    return result;
}

[[nodiscard]] inline std::string quoted_path(const std::filesystem::path& path) {
    return in_quotes(path.string());
}

}  // namespace lectern::storage
