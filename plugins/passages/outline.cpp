#include "passages/outline.hpp"

#include <algorithm>
#include <array>

#include "text/headings.hpp"

namespace lectern::passages {
namespace {

constexpr std::size_t longest_heading = 200;  // bytes of a marked one; longer ones are paragraphs
constexpr int level_of_a_described = 4;

bool letter(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           static_cast<unsigned char>(c) >= 0x80U;
}

// Collects lines into parts.
class Builder {
 public:
    explicit Builder(std::string_view text) : text_(text) {}

    void line(Range range) {
        const Range inner = trimmed(text_, range);
        const std::string_view line = piece(text_, inner);
        if (!code_.is_open() && is_under_a_heading(line)) {
            const int level = text::underline_level(line, last_.end - last_.begin);
            parts_.push_back({{open_.begin, inner.end}, level});
            lines_ = 0;
            return;
        }
        const bool code = code_.line(line);
        if (line.empty()) return paragraph_ends();
        if (code) return extend(inner);
        if (line.starts_with(".. ")) {  // a directive of reStructuredText
            paragraph_ends();
            parts_.push_back({inner, described(line).empty() ? 0 : level_of_a_described});
            return;
        }
        if (const int level = text::hash_level(line); level > 0 && line.size() <= longest_heading) {
            paragraph_ends();
            parts_.push_back({inner, level});
            return;
        }
        extend(inner);
    }

    std::vector<Part> take() {
        paragraph_ends();
        return std::move(parts_);
    }

 private:
    // An underline makes one line above it a heading, and belongs to it; so does the same line
    // above that one.
    [[nodiscard]] bool is_under_a_heading(std::string_view line) const noexcept {
        const std::size_t size = last_.end - last_.begin;
        if (lines_ == 0 || size > longest_heading || text::underline_level(line, size) == 0)
            return false;
        if (lines_ == 1) return text::underline_level(piece(text_, last_), 0) == 0;
        const std::string_view above = piece(text_, first_);
        return lines_ == 2 && above == line;
    }

    void extend(Range line) {
        if (lines_++ == 0) {
            open_.begin = line.begin;
            first_ = line;
        }
        last_ = line;
        open_.end = line.end;
    }

    void paragraph_ends() {
        if (lines_ == 0) return;
        const bool heading =
            lines_ == 1 && !code_.is_open() && looks_like_heading(piece(text_, open_));
        parts_.push_back({open_, heading ? 2 : 0});
        lines_ = 0;
    }

    std::string_view text_;
    std::vector<Part> parts_;
    Range open_;
    Range first_;            // line of the open paragraph
    Range last_;             // the same
    std::size_t lines_ = 0;  // of the open paragraph
    text::CodeFence code_;
};

}  // namespace

std::string_view described(std::string_view line) noexcept {
    // The directives that describe something of a program, whatever their domain ("cpp:function").
    constexpr std::array<std::string_view, 14> directives{
        "function", "method", "class",  "attribute", "exception", "data",     "module",
        "setting",  "option", "envvar", "macro",     "member",    "describe", "django-admin"};
    const std::size_t end = line.find("::");
    if (!line.starts_with(".. ") || end == std::string_view::npos || line.size() > longest_heading)
        return {};
    std::string_view name = line.substr(3, end - 3);
    if (const std::size_t domain = name.find(':'); domain != std::string_view::npos)
        name.remove_prefix(domain + 1);
    if (std::find(directives.begin(), directives.end(), name) == directives.end()) return {};
    line.remove_prefix(end + 2);
    const std::size_t begin = line.find_first_not_of(' ');
    return begin == std::string_view::npos ? std::string_view{} : line.substr(begin);
}

bool looks_like_heading(std::string_view line) noexcept {
    if (line.empty() || std::none_of(line.begin(), line.end(), letter)) return false;
    const char first = line.front();
    if ((first >= 'a' && first <= 'z') ||
        std::string_view("-*+>|\"'`[({<").find(first) != std::string_view::npos)
        return false;
    // "Default: 30" is an entry; "Part 1: The sea" has more than a word before it.
    const std::size_t colon = line.find(": ");
    if (colon != std::string_view::npos && line.find(' ') > colon) return false;
    for (const std::string_view mark : {".", "!", "?", ":", ";", ",", "\"", "”", "…", "。", "！",
                                        "？", "：", "；", "，", "`", "|"})
        if (line.ends_with(mark)) return false;
    std::size_t characters = 0;
    std::size_t words = 1;
    for (std::size_t at = 0; at < line.size(); at = next_character(line, at)) {
        ++characters;
        if (line[at] == ' ') ++words;
    }
    return characters <= 80 && words <= 12;
}

std::vector<Part> outline(std::string_view text) {
    Builder builder(text);
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t end = std::min(text.find('\n', at), text.size());
        builder.line({at, end});
        at = end + 1;
    }
    return builder.take();
}

}  // namespace lectern::passages
