#include "archive/member_path.hpp"

#include <algorithm>

#include "documents/charset.hpp"
#include "text/text.hpp"

namespace lectern::archive {
namespace {

constexpr std::size_t longest_path = 2000;  // bytes; an id has 4096, and archives lie in archives

}  // namespace

std::optional<std::string> member_path(std::string_view name) {
    if (name.size() > longest_path) return std::nullopt;
    std::string storage;
    std::string text(name);
    if (text::invalid_utf8_at(name) != std::string_view::npos)
        text = documents::decode(name, {}, {}, storage).text;
    // Programs on Windows have written such names; a name with both is taken as it is.
    if (text.find('/') == std::string::npos) std::replace(text.begin(), text.end(), '\\', '/');
    std::string out;
    for (std::string_view rest = text; !rest.empty();) {
        const std::size_t end = std::min(rest.find('/'), rest.size());
        const std::string_view part = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (part.empty() || part == ".") continue;
        if (part == "..") return std::nullopt;
        if (!out.empty()) out += '/';
        for (const char c : part)
            out += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? '?' : c;
    }
    if (out.empty() || out.size() > longest_path) return std::nullopt;
    return out;
}

bool is_left_out(std::string_view path) noexcept {
    if (path.starts_with("__MACOSX/")) return true;
    for (std::string_view rest = path; !rest.empty();) {
        const std::size_t end = std::min(rest.find('/'), rest.size());
        const std::string_view part = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        if (part.starts_with('.') || part == "Thumbs.db" || part == "desktop.ini") return true;
    }
    return false;
}

}  // namespace lectern::archive
