#include "documents/pdf_paragraphs.hpp"

#include <algorithm>
#include <cmath>
#include <deque>
#include <unordered_set>
#include <vector>

#include "documents/characters.hpp"
#include "documents/pdf_tables.hpp"
#include "text/ascii.hpp"
#include "text/text.hpp"

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
    return line.starts_with("\u2022") || is_bullet(line.substr(0, line.find(' ')));
}

// For each piece the piece of text that it is the bullet of, or npos.
std::vector<std::size_t> bullets_of(const PdfPage& page) {
    constexpr double widest_indent = 4;  // heights
    constexpr std::size_t most_bullets = 1000;
    std::vector<std::size_t> out(page.size(), std::string::npos);
    std::size_t bullets = 0;
    for (std::size_t i = 0; i < page.size(); ++i) {
        if (!is_bullet(page[i].text) || ++bullets > most_bullets) continue;
        const PdfBox& box = page[i].box;
        double nearest = widest_indent * box.height();
        for (std::size_t k = 0; k < page.size(); ++k) {
            const PdfBox& other = page[k].box;
            const double gap = other.left - box.right;
            if (k == i || gap < 0 || gap >= nearest || is_bullet(page[k].text) ||
                std::abs(other.middle() - box.middle()) > box.height() / 2)
                continue;
            nearest = gap;
            out[i] = k;
        }
    }
    return out;
}

// A line of running text.
struct PdfLine {
    std::string_view text;
    unsigned block = 0;
};

// The words of a document, to tell which hyphens were put in at the end of a line.
class Words {
 public:
    explicit Words(const PdfLayout& layout) : layout_(layout) {}

    [[nodiscard]] bool has(std::string_view word) {
        if (!read_) read();
        return words_.contains(text::fold(word));
    }

 private:
    void read() {
        read_ = true;
        for (const PdfPage& page : layout_.pages)
            for (const PdfPiece& piece : page)
                for (const text::Word& word : text::words(piece.text)) words_.insert(word.folded);
    }

    const PdfLayout& layout_;
    bool read_ = false;
    std::unordered_set<std::string> words_;
};

bool is_wide(std::string_view text) noexcept {
    if (text.size() < 3) return false;
    const auto first = static_cast<unsigned char>(text[0]);
    const auto second = static_cast<unsigned char>(text[1]);
    // Kana and ideographs, which write no spaces.
    return (first == 0xE3 && second >= 0x81) || (first >= 0xE4 && first <= 0xE9);
}

std::string_view last_character(std::string_view text) noexcept {
    std::size_t at = text.size() - 1;
    while (at > 0 && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80) --at;
    return text.substr(at);
}

bool is_word_letter(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<signed char>(c) < 0;
}

// The part of a word at the end or at the begin of a line.
std::string_view word_behind(std::string_view text) noexcept {
    std::size_t at = text.size();
    while (at > 0 && is_word_letter(text[at - 1])) --at;
    return text.substr(at);
}
std::string_view word_before(std::string_view text) noexcept {
    std::size_t at = 0;
    while (at < text.size() && is_word_letter(text[at])) ++at;
    return text.substr(0, at);
}

// Appends the line that follows in the same paragraph.
void join(std::string& out, std::string_view next, Words& words) {
    constexpr std::string_view soft_hyphen = "\u00AD";
    if (out.ends_with(soft_hyphen)) {
        out.resize(out.size() - soft_hyphen.size());
        out += next;
        return;
    }
    std::size_t mark = 0;
    for (const std::string_view hyphen : {"-", "\u2010", "\u2013"})
        if (out.ends_with(hyphen)) mark = hyphen.size();
    const std::string_view before = std::string_view(out).substr(0, out.size() - mark);
    if (mark == 0 || before.empty() || next.empty()) {
        const bool wide = !out.empty() && is_wide(last_character(out)) && is_wide(next);
        if (!wide) out += ' ';
        out += next;
        return;
    }
    const bool digits = text::is_digit(before.back()) && text::is_digit(next.front());
    if (out.ends_with("\u2013")) {
        if (!digits) out += ' ';
    } else if (is_word_letter(before.back()) && is_word_letter(next.front())) {
        const std::string whole = std::string(word_behind(before)) + std::string(word_before(next));
        if (words.has(whole)) out.resize(before.size());
    } else if (!text::is_digit(before.back()) && !is_word_letter(before.back())) {
        out += ' ';  // a dash with a space before it
    }
    out += next;
}

void append_block(const std::vector<PdfLine>& lines, Words& words, std::string& out) {
    std::size_t longest = 0;
    for (const PdfLine& line : lines) longest = std::max(longest, characters(line.text));
    out += lines.front().text;
    for (std::size_t i = 0; i + 1 < lines.size(); ++i) {
        const std::string_view line = lines[i].text;
        const std::string_view next = lines[i + 1].text;
        const auto length = static_cast<double>(characters(line));
        const bool runs_on =
            longest >= shortest_full && length >= full * static_cast<double>(longest);
        const bool new_block =
            lines[i].block != lines[i + 1].block && (ends_sentence(line) || !runs_on);
        if (starts_item(next)) {
            out += '\n';
            out += next;
        } else if ((runs_on && !new_block) || starts_lower_case(next)) {
            join(out, next, words);
        } else {
            out += i == 0 || new_block || ends_sentence(line) ? "\n\n" : "\n";
            out += next;
        }
    }
}

// One page: tables where their first piece stands, the rest as paragraphs.
void append_page(const PdfPage& page, Words& words, std::string& out) {
    const std::vector<PdfTable> tables = tables_of(page);
    std::vector<const PdfTable*> table_of(page.size());
    for (const PdfTable& table : tables)
        for (const std::size_t i : table.pieces) table_of[i] = &table;
    std::vector<PdfLine> block;
    const auto flush = [&] {
        if (block.empty()) return;
        if (!out.empty()) out += "\n\n";
        append_block(block, words, out);
        block.clear();
    };
    std::deque<std::string> joined;  // lines of several pieces
    const std::vector<std::size_t> bullets = bullets_of(page);
    std::vector<bool> is_item(page.size());
    for (const std::size_t text : bullets)
        if (text != std::string::npos) is_item[text] = true;
    for (std::size_t i = 0; i < page.size(); ++i) {
        if (const PdfTable* const table = table_of[i]; table != nullptr) {
            if (table->pieces.front() != i) continue;
            flush();
            if (!out.empty()) out += "\n\n";
            for (std::size_t row = 0; row < table->rows.size(); ++row) {
                if (row > 0) out += '\n';
                out += table->rows[row];
            }
            continue;
        }
        if (bullets[i] != std::string::npos) continue;
        if (i > 0 && page[i].flow != page[i - 1].flow) flush();
        if (is_item[i]) {
            joined.push_back("- " + page[i].text);
            block.push_back({joined.back(), page[i].block});
            continue;
        }
        const bool same_line =
            !block.empty() && i > 0 && table_of[i - 1] == nullptr &&
            page[i].block == page[i - 1].block && page[i].box.left >= page[i - 1].box.right &&
            std::abs(page[i].box.middle() - page[i - 1].box.middle()) < page[i].box.height() / 2;
        if (same_line) {
            joined.push_back(std::string(block.back().text) + " " + page[i].text);
            block.back().text = joined.back();
        } else {
            block.push_back({page[i].text, page[i].block});
        }
    }
    flush();
}

}  // namespace

std::string pdf_paragraphs(const PdfLayout& layout, std::vector<Place>* places) {
    std::string out;
    Words words(layout);
    for (std::size_t i = 0; i < layout.pages.size(); ++i) {
        const std::size_t before = out.size();
        append_page(layout.pages[i], words, out);
        if (places == nullptr || out.size() == before) continue;
        // Pages are apart by a blank line.
        const std::size_t begin = out.find_first_not_of('\n', before);
        places->push_back({.kind = LECTERN_PLACE_PAGE, .number = i + 1, .begin = begin});
    }
    return out;
}

}  // namespace lectern::documents
