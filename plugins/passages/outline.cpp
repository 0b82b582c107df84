#include "passages/outline.hpp"

#include <algorithm>

namespace lectern::passages {
namespace {

constexpr std::size_t longest_heading = 200;  // bytes of a marked one; longer ones are paragraphs

bool letter(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           static_cast<unsigned char>(c) >= 0x80U;
}

bool underline(std::string_view line, char mark) noexcept {
    return line.size() >= 3 && line.find_first_not_of(mark) == std::string_view::npos;
}

bool fence(std::string_view line) noexcept {
    return line.starts_with("```") || line.starts_with("~~~");
}

// Collects lines into parts.
class Builder {
 public:
    explicit Builder(std::string_view text) : text_(text) {}

    void line(Range range) {
        const Range inner = trimmed(text_, range);
        const std::string_view line = piece(text_, inner);
        if (fence(line)) in_code_ = !in_code_;
        if (line.empty()) return paragraph_ends();
        if (in_code_) return extend(inner);
        if (const int level = markdown_level(line); level > 0 && line.size() <= longest_heading) {
            paragraph_ends();
            parts_.push_back({inner, level});
            return;
        }
        // An underline makes one line above it a heading, and belongs to it.
        if (lines_ == 1 && open_.end - open_.begin <= longest_heading &&
            (underline(line, '=') || underline(line, '-'))) {
            parts_.push_back({{open_.begin, inner.end}, line.front() == '=' ? 1 : 2});
            lines_ = 0;
            return;
        }
        extend(inner);
    }

    std::vector<Part> take() {
        paragraph_ends();
        return std::move(parts_);
    }

 private:
    void extend(Range line) {
        if (lines_++ == 0) open_.begin = line.begin;
        open_.end = line.end;
    }

    void paragraph_ends() {
        if (lines_ == 0) return;
        const bool heading = lines_ == 1 && !in_code_ && looks_like_heading(piece(text_, open_));
        parts_.push_back({open_, heading ? 2 : 0});
        lines_ = 0;
    }

    std::string_view text_;
    std::vector<Part> parts_;
    Range open_;
    std::size_t lines_ = 0;  // of the open paragraph
    bool in_code_ = false;
};

}  // namespace

int markdown_level(std::string_view line) noexcept {
    const std::size_t level = line.find_first_not_of('#');
    if (level == std::string_view::npos || level == 0 || level > 6) return 0;
    return line[level] == ' ' || line[level] == '\t' ? static_cast<int>(level) : 0;
}

bool looks_like_heading(std::string_view line) noexcept {
    if (line.empty() || std::none_of(line.begin(), line.end(), letter)) return false;
    const char first = line.front();
    if ((first >= 'a' && first <= 'z') ||
        std::string_view("-*+>|\"'`[({<").find(first) != std::string_view::npos)
        return false;
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
