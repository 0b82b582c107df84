// Sentences: the rules of UAX 29, section 5.1, read straight from UTF-8 with ICU's character
// properties, and on top of them what running text needs (see is_boundary). A line break inside a
// paragraph counts as a space.
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <cstdint>

#include "text/abbreviations.hpp"
#include "text/blocks.hpp"
#include "text/text.hpp"

namespace lectern::text {
namespace {

struct Character {
    UChar32 code = 0;  // negative: not valid UTF-8
    std::size_t end = 0;
    int kind = U_SB_OTHER;  // USentenceBreak
};

int property(UChar32 code) noexcept {
    const int kind = u_getIntPropertyValue(code, UCHAR_SENTENCE_BREAK);
    return kind == U_SB_CR || kind == U_SB_LF ? U_SB_SP : kind;
}

Character character_at(std::string_view text, std::size_t at) noexcept {
    static const auto ascii = [] {
        std::array<signed char, 128> out{};
        for (int c = 0; c < 128; ++c) out[c] = static_cast<signed char>(property(c));
        return out;
    }();
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte < 0x80) return {byte, at + 1, ascii[byte]};
    Character out;
    const char* bytes = text.data() + at;
    std::int32_t length = 0;
    const auto left = static_cast<std::int32_t>(std::min<std::size_t>(text.size() - at, 4));
    U8_NEXT(bytes, length, left, out.code);
    out.end = at + static_cast<std::size_t>(length);
    if (out.code >= 0) out.kind = property(out.code);
    return out;
}

constexpr bool is_terminator(int kind) noexcept {
    return kind == U_SB_ATERM || kind == U_SB_STERM;
}
constexpr bool is_letter(int kind) noexcept {
    return kind == U_SB_OLETTER || kind == U_SB_UPPER || kind == U_SB_LOWER;
}
constexpr bool is_ignored(int kind) noexcept {
    return kind == U_SB_EXTEND || kind == U_SB_FORMAT;
}

bool is_white(UChar32 code) noexcept {
    return code == 0xFEFF || code == 0x200B || (code >= 0 && u_isUWhiteSpace(code));
}

// Chinese and Japanese, which put no space behind a sentence.
bool is_unspaced(UChar32 code) noexcept {
    return code >= 0x2E80 &&
           (u_hasBinaryProperty(code, UCHAR_IDEOGRAPHIC) || (code >= 0x3000 && code <= 0x30FF) ||
            (code >= 0xFF00 && code <= 0xFF9F));
}

// An opening mark, which UAX 29 does not tell from a closing one: 。「
bool opens(UChar32 code) noexcept {
    const auto type = u_charType(code);
    return type == U_START_PUNCTUATION || type == U_INITIAL_PUNCTUATION;
}

// Reads one block and appends its sentences.
class Reader {
 public:
    Reader(std::string_view text, const Block& block, std::vector<Range>& out)
        : text_(text.substr(0, block.range.end)), start_(block.range.begin), out_(out) {}

    void read(std::size_t at) {
        int before = U_SB_OTHER;  // kind of the last character, ignored ones left out
        while (at < text_.size()) {
            const Character now = character_at(text_, at);
            if (now.kind == U_SB_SEP) {
                give(now.end);
            } else if (is_terminator(now.kind)) {
                if (const std::size_t boundary = boundary_behind(at, now, before)) {
                    give(boundary);
                    at = boundary;
                    before = U_SB_OTHER;
                    continue;
                }
            }
            if (!is_ignored(now.kind)) before = now.kind;
            at = now.end;
        }
        give(text_.size());
    }

    // The sentence from the last boundary to `end`, without white space.
    void give(std::size_t end) {
        std::size_t begin = start_;
        start_ = end;
        while (begin < end) {
            const Character first = character_at(text_, begin);
            if (!is_white(first.code)) break;
            begin = first.end;
        }
        while (end > begin) {
            auto at = static_cast<std::int32_t>(std::min<std::size_t>(end - begin, 4));
            const char* bytes = text_.data() + end - at;
            const std::int32_t all = at;
            UChar32 last = 0;
            U8_PREV(bytes, 0, at, last);
            if (!is_white(last)) break;
            end -= static_cast<std::size_t>(all - at);
        }
        if (begin < end) out_.push_back({begin, end});
    }

 private:
    // The boundary behind the terminator text_[at,mark.end), or 0 when the sentence goes on.
    [[nodiscard]] std::size_t boundary_behind(std::size_t at, const Character& mark, int before) {
        std::size_t next_at = mark.end;
        bool closed = false;
        bool spaced = false;
        Character next;
        for (; next_at < text_.size(); next_at = next.end) {
            next = character_at(text_, next_at);
            if (is_ignored(next.kind)) continue;
            if (next.kind == U_SB_SEP) return next.end;
            if (next.kind == U_SB_SP)
                spaced = true;
            else if (next.kind == U_SB_CLOSE && !spaced && !(mark.code >= 0x80 && opens(next.code)))
                closed = true;
            else
                break;
        }
        if (next_at >= text_.size()) return text_.size();
        // SB8a: a comma or another terminator follows.
        if (next.kind == U_SB_SCONTINUE || is_terminator(next.kind)) return 0;
        if (mark.kind == U_SB_ATERM) {
            if (!closed && !spaced && next.kind == U_SB_NUMERIC) return 0;  // SB6: 3.14
            const bool cased = before == U_SB_UPPER || before == U_SB_LOWER;
            if (!closed && !spaced && cased && next.kind == U_SB_UPPER) return 0;  // SB7: U.S
            const bool begins = spaced && (is_mixed_name(next_at) || stands_alone(at));
            if (!begins && lower_follows(next_at)) return 0;  // SB8
        }
        if (mark.code >= 0x80) return next_at;
        return is_boundary(at, mark, next_at, next, spaced);
    }

    // Beyond UAX 29, for the terminators of ASCII: a boundary needs white space (URLs, "Yahoo!s"),
    // no sentence begins in lower case ("Why?" she asked) unless with a name like "word2vec" or
    // behind a mark that stands alone, and abbreviations end none.
    [[nodiscard]] std::size_t is_boundary(std::size_t at, const Character& mark,
                                          std::size_t next_at, const Character& next,
                                          bool spaced) const {
        if (!spaced && !is_unspaced(next.code)) return behind_note(mark.end);
        const bool alone = stands_alone(at);
        if (next.kind == U_SB_LOWER && !alone && !is_mixed_name(next_at)) return 0;
        if (mark.code != '.') return next_at;
        const std::string_view word = word_before(alone ? at - 1 : at);
        const std::string_view before = text_.substr(start_, at - start_ - word.size());
        return is_abbreviation(before, word, text_.substr(next_at)) ? 0 : next_at;
    }

    // "language.[12] The": the boundary behind the number of a note, or 0.
    [[nodiscard]] std::size_t behind_note(std::size_t at) const noexcept {
        bool note = false;
        while (at < text_.size() && text_[at] == '[') {
            const std::size_t end = text_.find_first_not_of("0123456789, ", at + 1);
            if (end == std::string_view::npos || text_[end] != ']' || end == at + 1) return 0;
            at = end + 1;
            note = true;
        }
        if (!note || at == text_.size() || character_at(text_, at).kind != U_SB_SP) return 0;
        while (at < text_.size() && character_at(text_, at).kind == U_SB_SP)
            at = character_at(text_, at).end;
        return at < text_.size() && character_at(text_, at).kind == U_SB_LOWER ? 0 : at;
    }

    // " . ", as in text that a program has taken apart, often all in lower case.
    [[nodiscard]] bool stands_alone(std::size_t at) const noexcept {
        if (at < start_ + 2 || at + 1 >= text_.size()) return false;
        const auto is_space = [this](std::size_t i) { return text_[i] == ' ' || text_[i] == '\n'; };
        const char before = text_[at - 2];
        return is_space(at - 1) && is_space(at + 1) && !is_space(at - 2) && before != '.';
    }

    // "word2vec", "fastText": a word of ASCII that begins with a small letter and has a digit or a
    // capital in it.
    [[nodiscard]] bool is_mixed_name(std::size_t at) const noexcept {
        if (text_[at] < 'a' || text_[at] > 'z') return false;
        for (; at < text_.size(); ++at) {
            const char c = text_[at];
            if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) return true;
            if (c < 'a' || c > 'z') return false;
        }
        return false;
    }

    // SB8: the next letter is a small one, with no terminator or separator before it.
    [[nodiscard]] bool lower_follows(std::size_t at) const noexcept {
        while (at < text_.size()) {
            const Character now = character_at(text_, at);
            if (now.kind == U_SB_LOWER) return true;
            if (is_letter(now.kind) || is_terminator(now.kind) || now.kind == U_SB_SEP)
                return false;
            at = now.end;
        }
        return false;
    }

    // What stands before text_[at] behind white space and opening marks; "" when it is too long for
    // an abbreviation.
    [[nodiscard]] std::string_view word_before(std::size_t at) const noexcept {
        constexpr std::size_t longest = 24;
        std::size_t begin = at;
        while (begin > start_) {
            std::size_t previous = begin - 1;
            while (previous > start_ &&
                   (static_cast<unsigned char>(text_[previous]) & 0xC0) == 0x80)
                --previous;
            const Character now = character_at(text_, previous);
            if (now.kind == U_SB_SP || now.kind == U_SB_SEP || now.kind == U_SB_CLOSE) break;
            begin = previous;
            if (at - begin > longest) return {};
        }
        return text_.substr(begin, at - begin);
    }

    std::string_view text_;  // ends with the block
    std::size_t start_;      // of the sentence that is being read
    std::vector<Range>& out_;
};

}  // namespace

std::vector<Range> sentences(std::string_view text) {
    std::vector<Range> out;
    for (const Block& block : blocks(text)) {
        Reader reader(text, block, out);
        if (block.whole)
            reader.give(block.range.end);
        else
            reader.read(block.body);
    }
    return out;
}

}  // namespace lectern::text
