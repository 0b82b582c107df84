// The lines that end a paragraph in Markdown (CommonMark 0.30), in reStructuredText and in plain
// text.
#include "text/blocks.hpp"

#include "text/ascii.hpp"

namespace lectern::text {
namespace {

constexpr std::string_view blanks = " \t\v\f\r";

// The line without its indent.
std::string_view unindented(std::string_view line) noexcept {
    const std::size_t at = line.find_first_not_of(blanks);
    return at == std::string_view::npos ? std::string_view{} : line.substr(at);
}

bool is_heading(std::string_view line) noexcept {
    const std::size_t level = line.find_first_not_of('#');
    if (level == std::string_view::npos) return false;
    return level >= 1 && level <= 6 && blanks.find(line[level]) != std::string_view::npos;
}

// ".. note::", ".. _label:"
bool is_directive(std::string_view line) noexcept {
    return line.starts_with(".. ") && line.find(':') != std::string_view::npos;
}

// "---", "* * *", "=====", "|---|:--|", "```".
bool is_rule(std::string_view line) noexcept {
    constexpr std::size_t shortest_drawn = 4;
    const std::string_view drawn = line.substr(0, line.find_last_not_of(blanks) + 1);
    if (drawn.size() >= shortest_drawn && is_drawn_line(drawn)) return true;
    if (line.starts_with("```") || line.starts_with("~~~")) return true;
    constexpr std::string_view marks = "-=*_";
    std::size_t count = 0;
    for (const char c : line) {
        if (marks.find(c) != std::string_view::npos)
            ++count;
        else if (blanks.find(c) == std::string_view::npos && c != '|' && c != ':' && c != '+')
            return false;
    }
    return count >= 3;
}

// "cell | cell": what extractors write for a table's row. One such line alone may be a sentence, or
// a command; two, one below the other, are rows.
bool has_cells(std::string_view line) noexcept {
    return line.find(" | ") != std::string_view::npos;
}

std::string_view line_at(std::string_view text, std::size_t begin) noexcept {
    if (begin >= text.size()) return {};
    return text.substr(begin, text.find_first_of("\r\n", begin) - begin);
}

// Bytes of "a." or "iv)", as lists count by letters and Roman numbers, or 0. Large letters are
// initials more often.
std::size_t letter_marker(std::string_view line) noexcept {
    const std::size_t size = line.find_first_not_of("abcdefghijklmnopqrstuvwxyz");
    if (size == std::string_view::npos || size == 0 || (line[size] != '.' && line[size] != ')'))
        return 0;
    const std::string_view letters = line.substr(0, size);
    const bool roman = size <= 5 && letters.find_first_not_of("ivxl") == std::string_view::npos;
    return size == 1 || roman ? size + 1 : 0;
}

// Bytes of "- ", "• ", "12. ", "1.2. " or "3) " at the start of the line, or 0. A number in the
// middle of a paragraph begins a list only when it is 1, as a line may begin with a number by
// chance.
std::size_t list_marker(std::string_view line, bool in_paragraph) noexcept {
    std::size_t size = 0;
    for (const std::string_view bullet : {"-", "*", "+", "•", "‣", "◦", "▪", "·"})
        if (line.starts_with(bullet)) size = bullet.size();
    if (size == 0 && !in_paragraph) size = letter_marker(line);
    if (size == 0) {
        std::size_t digits = 0;
        for (; size < line.size(); ++size) {
            if (is_digit(line[size]) && ++digits <= 3) continue;
            if (line[size] != '.' || digits == 0) break;
            digits = 0;
        }
        if (size < line.size() && line[size] == ')' && digits != 0)
            ++size;
        else if (size == 0 || line[size - 1] != '.')
            return 0;
        if (in_paragraph && line.substr(0, size - 1) != "1") return 0;
    }
    const std::size_t text = line.find_first_not_of(blanks, size);
    return text == std::string_view::npos || text == size ? 0 : text;
}

}  // namespace

std::vector<Block> blocks(std::string_view text) {
    enum class Open { nothing, paragraph, item };
    std::vector<Block> out;
    Open open = Open::nothing;
    bool cells_above = false;
    for (std::size_t at = 0; at < text.size();) {
        std::size_t end = at;
        while (end < text.size() && text[end] != '\n' && text[end] != '\r') ++end;
        const std::string_view line = unindented(text.substr(at, end - at));
        const std::size_t begin = end - line.size();
        const std::size_t marker = list_marker(line, open == Open::paragraph);
        const bool crlf = end + 1 < text.size() && text[end] == '\r' && text[end + 1] == '\n';
        const std::size_t next = end + (crlf ? 2 : 1);
        const bool cells = has_cells(line);
        const bool row = cells && (cells_above || has_cells(line_at(text, next)));
        cells_above = cells;
        if (line.empty() || is_rule(line)) {
            open = Open::nothing;
        } else if (is_heading(line) || line.front() == '|' || row || is_directive(line)) {
            out.push_back({{begin, end}, true, begin});
            open = Open::nothing;
        } else if (marker != 0) {
            out.push_back({{begin, end}, false, begin + marker});
            open = Open::item;
        } else if (open == Open::nothing) {
            out.push_back({{begin, end}, false, begin});
            open = Open::paragraph;
        } else {
            out.back().range.end = end;
        }
        at = next;
    }
    return out;
}

}  // namespace lectern::text
