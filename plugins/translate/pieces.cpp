#include "plugins/translate/pieces.hpp"

#include <algorithm>

#include "text/headings.hpp"
#include "text/one_line.hpp"

namespace lectern::translate {
namespace {

using text::Range;

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           static_cast<unsigned char>(c) >= 0x80;
}
bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

std::string_view line_at(std::string_view text, std::size_t begin) {
    return text.substr(begin, text.find('\n', begin) - begin);
}

// Code between fences, with these.
std::vector<Range> fenced(std::string_view text) {
    std::vector<Range> out;
    text::CodeFence fence;
    for (std::size_t at = 0; at < text.size();) {
        const std::string_view line = line_at(text, at);
        const bool was_open = fence.is_open();
        fence.line(text::trimmed(line));
        if (!was_open && fence.is_open()) out.push_back({at, text.size()});
        if (was_open && !fence.is_open()) out.back().end = at + line.size();
        at += line.size() + 1;
    }
    return out;
}

// Past "## ", "- ", "> ", "12. " and several of them.
std::size_t past_marks(std::string_view text, Range range) {
    std::size_t at = range.begin;
    for (;;) {
        while (at < range.end && is_space(text[at])) ++at;
        std::size_t mark = at;
        while (mark < range.end && text[mark] == '#') ++mark;
        if (mark == at) {
            while (mark < range.end && is_digit(text[mark])) ++mark;
            const bool number = mark > at;
            const std::string_view signs = number ? ".)" : "-*+>";
            if (mark >= range.end || signs.find(text[mark]) == std::string_view::npos) return at;
            ++mark;
        }
        if (mark >= range.end || !is_space(text[mark])) return at;
        at = mark;
    }
}

void add(std::string_view text, Range range, std::vector<Range>& out) {
    range.begin = past_marks(text, range);
    while (range.end > range.begin && is_space(text[range.end - 1])) --range.end;
    const std::string_view piece = text.substr(range.begin, range.end - range.begin);
    if (std::any_of(piece.begin(), piece.end(), is_letter)) out.push_back(range);
}

}  // namespace

std::vector<Range> pieces(std::string_view text) {
    std::vector<Range> out;
    const std::vector<Range> code = fenced(text);
    auto fence = code.begin();
    for (const Range& sentence : text::sentences(text)) {
        while (fence != code.end() && fence->end <= sentence.begin) ++fence;
        if (fence != code.end() && fence->begin <= sentence.begin) continue;
        if (text[sentence.begin] != '|') {
            add(text, sentence, out);
            continue;
        }
        // The cells of a row.
        for (std::size_t at = sentence.begin; at < sentence.end;) {
            const std::size_t end = std::min(text.find('|', at), sentence.end);
            add(text, {at, end}, out);
            at = end + 1;
        }
    }
    return out;
}

}  // namespace lectern::translate
