#include "documents/plain_text.hpp"

#include <algorithm>
#include <optional>

#include "documents/characters.hpp"
#include "documents/extracted.hpp"
#include "documents/file_name.hpp"
#include "text/text.hpp"

namespace lectern::documents {
namespace {

constexpr std::size_t looked_at = 65536;    // bytes
constexpr std::size_t longest_title = 120;  // characters

std::string_view next_line(std::string_view& rest) noexcept {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return trimmed(line);
}

// "# Title #" -> "Title"; nothing for other lines.
std::optional<std::string_view> heading_of_level_one(std::string_view line) noexcept {
    if (!line.starts_with("# ") && !line.starts_with("#\t")) return std::nullopt;
    std::string_view title = trimmed(line.substr(1));
    if (const std::size_t last = title.find_last_not_of('#');
        last != std::string_view::npos && last + 1 < title.size() && title[last] == ' ')
        title = trimmed(title.substr(0, last));
    if (title.empty()) return std::nullopt;
    return title;
}

// Takes YAML front matter off `rest`; its title, or "".
std::string_view take_front_matter(std::string_view& rest) noexcept {
    std::string_view inside = rest;
    if (next_line(inside) != "---") return {};
    std::string_view title;
    while (!inside.empty()) {
        const std::string_view line = next_line(inside);
        if (line == "---" || line == "...") {
            rest = inside;
            return title;
        }
        if (!line.starts_with("title:")) continue;
        title = trimmed(line.substr(6));
        if (title.size() >= 2 && (title.front() == '"' || title.front() == '\'') &&
            title.front() == title.back())
            title = title.substr(1, title.size() - 2);
    }
    return {};  // it never ended: a thematic break, not front matter
}

std::string_view without_marks(std::string_view line) noexcept {
    const std::size_t begin = line.find_first_not_of("#>*-=_ \t");
    return begin == std::string_view::npos ? std::string_view{} : line.substr(begin);
}

}  // namespace

std::string title_of(std::string_view text, std::string_view name) {
    std::string_view rest = text::prefix(text, looked_at);
    if (const std::string_view title = take_front_matter(rest); !title.empty())
        return std::string(title);

    std::string_view first;
    bool in_code = false;
    while (!rest.empty()) {
        const std::string_view line = next_line(rest);
        if (line.starts_with("```") || line.starts_with("~~~")) {
            in_code = !in_code;
            continue;
        }
        if (!in_code) {
            if (const auto title = heading_of_level_one(line)) return std::string(*title);
        }
        if (first.empty()) first = without_marks(line);
    }
    if (!first.empty() && characters(first) <= longest_title) return std::string(first);
    return std::string(base_name(name));
}

}  // namespace lectern::documents
