#include "archive/member_path.hpp"

#include <algorithm>
#include <array>

#include "documents/charset.hpp"
#include "text/text.hpp"

namespace lectern::archive {
namespace {

constexpr std::size_t longest_path = 2000;  // bytes; an id has 4096, and archives lie in archives

// Windows writes the names of a ZIP archive in the code page of DOS, whose letters with accents
// stand where other sets have signs that no name has.
bool is_of_dos(std::string_view name) noexcept {
    return std::all_of(name.begin(), name.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return byte < 0xA6 || byte == 0xE1;
    });
}

std::string decoded(std::string_view name, bool zip) {
    std::string storage;
    const documents::Decoded guess = documents::decode(name, {}, {}, storage);
    constexpr std::array<std::string_view, 6> wide{"shift_jis", "euc-jp", "gbk",
                                                   "gb18030",   "big5",   "euc-kr"};
    const bool is_wide = std::find(wide.begin(), wide.end(), guess.charset) != wide.end();
    if (zip && !is_wide && is_of_dos(name))
        return documents::to_utf8(name, {.name = "ibm437", .converter = "ibm-437"});
    return std::string(guess.text);
}

}  // namespace

std::optional<std::string> member_path(std::string_view name, bool zip) {
    if (name.size() > longest_path) return std::nullopt;
    std::string text(name);
    if (text::invalid_utf8_at(name) != std::string_view::npos) text = decoded(name, zip);
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
