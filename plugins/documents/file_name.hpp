// documents/file_name.hpp: what the name of a source says about its format.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <string>
#include <string_view>

namespace lectern::documents {

[[nodiscard]] inline std::string ascii_lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return out;
}

// "notes/A.TXT" -> "A.TXT".
[[nodiscard]] inline std::string_view base_name(std::string_view path) noexcept {
    const std::size_t slash = path.find_last_of('/');
    return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

// "notes/A.TXT" -> "txt"; "" when there is none.
[[nodiscard]] inline std::string extension(std::string_view path) {
    const std::string_view name = base_name(path);
    const std::size_t dot = name.find_last_of('.');
    if (dot == std::string_view::npos || dot == 0) return {};
    return ascii_lower(name.substr(dot + 1));
}

[[nodiscard]] inline bool has_extension(std::string_view path,
                                        std::initializer_list<std::string_view> any) {
    const std::string found = extension(path);
    return std::find(any.begin(), any.end(), found) != any.end();
}

}  // namespace lectern::documents
