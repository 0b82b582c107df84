#include "documents/pdf_paragraphs.hpp"

#include <algorithm>
#include <vector>

#include "documents/characters.hpp"
#include "documents/extracted.hpp"

namespace lectern::documents {
namespace {

// A line is full when it is longer than this part of the longest line of its block. Ragged lines
// end where the next word did not fit.
constexpr double full = 0.75;
constexpr std::size_t shortest_full = 30;  // characters; blocks of short lines are lists, verses

bool ends_sentence(std::string_view line) noexcept {
    constexpr std::string_view closing = "\"')]";
    const std::size_t last = line.find_last_not_of(closing);
    if (last == std::string_view::npos) return false;
    for (const std::string_view mark : {".", "!", "?", ":", "\u3002", "\uFF01", "\uFF1F"})
        if (line.substr(0, last + 1).ends_with(mark)) return true;
    return false;
}

bool starts_lower_case(std::string_view line) noexcept {
    return !line.empty() && line.front() >= 'a' && line.front() <= 'z';
}

bool starts_item(std::string_view line) noexcept {
    return line.starts_with("- ") || line.starts_with("* ") || line.starts_with("\u2022");
}

void append_block(const std::vector<std::string_view>& lines, std::string& out) {
    std::size_t longest = 0;
    for (const auto line : lines) longest = std::max(longest, characters(line));
    for (std::size_t i = 0; i < lines.size(); ++i) {
        out += lines[i];
        if (i + 1 == lines.size()) break;
        const auto length = static_cast<double>(characters(lines[i]));
        const bool runs_on =
            longest >= shortest_full && length >= full * static_cast<double>(longest);
        if (starts_item(lines[i + 1]))
            out += '\n';
        else if (runs_on || starts_lower_case(lines[i + 1]))
            out += ' ';
        else if (i == 0 || ends_sentence(lines[i]))
            out += "\n\n";
        else
            out += '\n';
    }
}

}  // namespace

std::string pdf_paragraphs(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    std::vector<std::string_view> block;
    const auto flush = [&] {
        if (block.empty()) return;
        if (!out.empty()) out += "\n\n";
        append_block(block, out);
        block.clear();
    };
    while (!text.empty()) {
        const std::size_t end = std::min(text.find_first_of("\n\f"), text.size());
        const std::string_view line = trimmed(text.substr(0, end));
        const bool page_break = end < text.size() && text[end] == '\f';
        text.remove_prefix(std::min(end + 1, text.size()));
        if (!line.empty()) block.push_back(line);
        if (line.empty() || page_break) flush();
    }
    flush();
    return out;
}

}  // namespace lectern::documents
