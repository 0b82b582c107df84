#include "documents/plain_text.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "documents/characters.hpp"
#include "documents/extracted.hpp"
#include "documents/file_name.hpp"
#include "documents/front_matter.hpp"
#include "text/ascii.hpp"
#include "text/text.hpp"

namespace lectern::documents {
namespace {

constexpr std::size_t looked_at = 65536;    // bytes
constexpr std::size_t longest_title = 120;  // characters

std::string_view next_whole_line(std::string_view& rest) noexcept {
    const std::size_t end = std::min(rest.find_first_of("\r\n"), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end);
    if (!rest.empty()) rest.remove_prefix(rest.starts_with("\r\n") ? 2 : 1);
    return line;
}

// As far to the right as code is; comments in it look like headings.
bool is_indented(std::string_view line) noexcept {
    return line.starts_with("    ") || line.starts_with('\t');
}

// "=====": what Markdown and reStructuredText draw under a title; the latter takes other marks too,
// at least as long as the title, and may draw the same above it.
bool is_drawn(std::string_view line, std::string_view title, bool above) noexcept {
    if (line.size() < 3 || !text::is_drawn_line(line)) return false;
    if (line.front() == '=') return true;
    // With "-", Markdown writes headings of level two.
    if (line.front() == '-' && !above) return false;
    return line.size() >= 4 && line.size() >= characters(title);
}

// A directive, a label or a comment of reStructuredText, a comment of HTML, a keyword of Org.
bool is_no_text(std::string_view line) noexcept {
    return line.starts_with(".. ") || line.starts_with("<!--") || line.starts_with("#+");
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

std::string_view without_marks(std::string_view line) noexcept {
    const std::size_t begin = line.find_first_not_of("#>*-=_ \t");
    return begin == std::string_view::npos ? std::string_view{} : line.substr(begin);
}

}  // namespace

std::string title_of(std::string_view text, std::string_view name) {
    std::string_view rest = text::prefix(text, looked_at);
    FrontMatter matter = front_matter(rest);
    if (!matter.title.empty()) return std::move(matter.title);
    rest.remove_prefix(matter.size);

    std::string_view first;
    std::string_view last;         // line, unless it is blank or code
    std::string_view before_last;  // the same
    bool in_code = false;
    while (!rest.empty()) {
        const std::string_view whole = next_whole_line(rest);
        const std::string_view line = trimmed(whole);
        const bool above = !before_last.empty() && before_last == line;
        if (!in_code && !without_marks(last).empty() && is_drawn(line, last, above))
            return std::string(last);
        if (line.starts_with("```") || line.starts_with("~~~")) in_code = !in_code;
        const bool text = !in_code && !is_indented(whole);
        if (text) {
            if (const auto title = heading_of_level_one(line)) return std::string(*title);
        }
        before_last = std::exchange(last, text ? line : std::string_view{});
        if (first.empty() && !is_no_text(line)) first = without_marks(line);
    }
    if (!first.empty() && characters(first) <= longest_title) return std::string(first);
    return std::string(base_name(name));
}

}  // namespace lectern::documents
