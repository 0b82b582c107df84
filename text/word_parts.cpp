#include "text/word_parts.hpp"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "text/text.hpp"

namespace lectern::text {
namespace {

enum class Class { upper, lower, digit, hangul, join, mark };

struct Letter {
    Class kind = Class::mark;
    std::size_t begin = 0;  // byte
    bool mark = false;      // an accent or an apostrophe
};

// A string of letters that changes its case more often is no name but base64 or the like.
constexpr std::size_t most_pieces = 8;
constexpr std::size_t most_pairs = 64;
constexpr std::size_t shortest_part = 2;      // characters
constexpr std::size_t shortest_numbered = 3;  // letters before a number: "policy2", not "mp3"

bool is_hangul(UChar32 c) noexcept {
    return c >= 0xAC00 && c <= 0xD7A3;
}

Class class_of(UChar32 c) noexcept {
    if (c == '_' || c == '.') return Class::join;
    if (is_hangul(c)) return Class::hangul;
    if (u_isdigit(c) != 0) return Class::digit;
    if (u_isupper(c) != 0 || u_istitle(c) != 0) return Class::upper;
    if (u_isalpha(c) != 0) return Class::lower;
    return Class::mark;
}

std::vector<Letter> read(std::string_view word) {
    std::vector<Letter> out;
    const auto* const bytes = reinterpret_cast<const std::uint8_t*>(word.data());
    const auto size = static_cast<std::int32_t>(word.size());
    for (std::int32_t at = 0; at < size;) {
        const auto begin = static_cast<std::size_t>(at);
        UChar32 c = 0;
        U8_NEXT(bytes, at, size, c);
        Class kind = c < 0 ? Class::mark : class_of(c);
        // It belongs to what it stands behind.
        const bool mark = kind == Class::mark;
        if (kind == Class::mark && !out.empty() && out.back().kind != Class::join)
            kind = out.back().kind;
        out.push_back({kind, begin, mark});
    }
    // The dot of "2.14" and no other belongs to the number.
    for (std::size_t i = 1; i + 1 < out.size(); ++i)
        if (out[i].kind == Class::join && word[out[i].begin] == '.' &&
            out[i - 1].kind == Class::digit && out[i + 1].kind == Class::digit)
            out[i].kind = Class::digit;
    return out;
}

class Parts {
 public:
    explicit Parts(std::string_view word)
        : word_(word), characters_(read(word)), whole_(fold(word)) {}

    std::vector<std::string> all() {
        for (std::size_t at = 0; at < characters_.size();) {
            std::size_t end = at;
            while (end < characters_.size() && characters_[end].kind != Class::join) ++end;
            if (end > at) segment(at, end);
            at = end + 1;
        }
        return std::move(out_);
    }

 private:
    [[nodiscard]] Class kind(std::size_t at) const { return characters_[at].kind; }

    void add(std::size_t begin, std::size_t end, std::size_t shortest = shortest_part) {
        while (end > begin && characters_[end - 1].mark) --end;  // "O'" of "O'Neill"
        if (end - begin < shortest) return;
        const std::size_t from = characters_[begin].begin;
        const std::size_t to = end < characters_.size() ? characters_[end].begin : word_.size();
        std::string part = fold(word_.substr(from, to - from));
        if (part != whole_ && std::find(out_.begin(), out_.end(), part) == out_.end())
            out_.push_back(std::move(part));
    }

    // Whether a piece of a name begins at `at`, which is behind the first character of its segment.
    [[nodiscard]] bool begins(std::size_t at, std::size_t end) const {
        const Class before = kind(at - 1);
        const Class now = kind(at);
        if ((before == Class::hangul) != (now == Class::hangul)) return true;
        if (now != Class::upper) return false;
        if (before == Class::lower || before == Class::digit) return before == Class::lower;
        // "HTTPRetry", but not "URLs" or "IPv6".
        return before == Class::upper && at + 2 < end && kind(at + 1) == Class::lower &&
               kind(at + 2) == Class::lower;
    }

    void segment(std::size_t begin, std::size_t end) {
        add(begin, end);
        std::vector<std::size_t> starts{begin};
        for (std::size_t at = begin + 1; at < end; ++at)
            if (begins(at, end)) starts.push_back(at);
        if (starts.size() > most_pieces) return;
        starts.push_back(end);
        for (std::size_t i = 0; i + 1 < starts.size(); ++i) piece(starts[i], starts[i + 1]);
    }

    void piece(std::size_t begin, std::size_t end) {
        add(begin, end);
        if (kind(begin) == Class::hangul) {
            if (end - begin > shortest_part)
                for (std::size_t at = begin; at + 1 < end && at - begin < most_pairs; ++at)
                    add(at, at + 2);
            return;
        }
        std::size_t turn = begin + 1;
        while (turn < end && digit(turn) == digit(begin)) ++turn;
        if (turn == end) return;
        for (std::size_t at = turn; at < end; ++at)
            if (digit(at) == digit(begin)) return;  // "x86abc3"
        if (digit(begin)) {
            add(begin, turn, 1);
            add(turn, end);
        } else if (version(begin, turn)) {
            add(turn, end, 1);
        } else if (turn - begin >= shortest_numbered) {
            add(begin, turn);
            add(turn, end);
        }
    }
    [[nodiscard]] bool digit(std::size_t at) const { return kind(at) == Class::digit; }
    [[nodiscard]] bool version(std::size_t begin, std::size_t turn) const {
        const char letter = word_[characters_[begin].begin];
        return turn == begin + 1 && (letter == 'v' || letter == 'V');
    }

    std::string_view word_;
    std::vector<Letter> characters_;
    std::string whole_;
    std::vector<std::string> out_;
};

bool lower_ascii(char c) noexcept {
    return (c >= 'a' && c <= 'z') || c == '\'';
}

bool number_ascii(char c) noexcept {
    return (c >= '0' && c <= '9') || c == '.' || c == ',' || c == '\'' || c == ';';
}

}  // namespace

std::vector<std::string> word_parts(std::string_view word) {
    // Most words: letters of one case behind the first, or a number.
    if (word.empty() || std::all_of(word.begin() + 1, word.end(), lower_ascii)) return {};
    if (std::all_of(word.begin(), word.end(), number_ascii)) return {};
    return Parts(word).all();
}

std::string plain_number(std::string_view folded) {
    std::vector<std::string_view> groups;
    std::string marks;
    std::size_t begin = 0;
    for (std::size_t at = 0; at < folded.size(); ++at) {
        const char c = folded[at];
        if (c >= '0' && c <= '9') continue;
        if (c != ',' && c != '.' && c != '\'' && c != ' ') return std::string(folded);
        groups.push_back(folded.substr(begin, at - begin));
        marks += c;
        begin = at + 1;
    }
    groups.push_back(folded.substr(begin));
    const auto empty = [](std::string_view group) { return group.empty(); };
    if (marks.empty() || std::any_of(groups.begin(), groups.end(), empty))
        return std::string(folded);

    // Whether the groups but the first, up to `count`, are thousands; those of India have lakhs.
    const auto thousands = [&](std::size_t count) {
        if (groups[0].size() > 3 || groups[0][0] == '0') return false;
        const auto has = [&](std::size_t from, std::size_t to, std::size_t digits) {
            return std::all_of(groups.begin() + static_cast<std::ptrdiff_t>(from),
                               groups.begin() + static_cast<std::ptrdiff_t>(to),
                               [&](std::string_view group) { return group.size() == digits; });
        };
        return has(1, count, 3) ||
               (marks[0] == ',' && count > 2 && has(1, count - 1, 2) && has(count - 1, count, 3));
    };
    const auto joined = [&](std::size_t count) {
        std::string out;
        for (std::size_t i = 0; i < count; ++i) out += groups[i];
        return out;
    };
    const std::size_t last = groups.size() - 1;
    const bool alike = marks.find_first_not_of(marks[0]) == std::string::npos;
    if (alike && thousands(groups.size())) return joined(groups.size());
    if (marks.back() == '\'' || marks.back() == ' ') return std::string(folded);
    if (marks.size() == 1) return std::string(groups[0]) + "." + std::string(groups[1]);
    const bool decimals = marks.find_first_not_of(marks[0]) == marks.size() - 1;
    if (decimals && thousands(last)) return joined(last) + "." + std::string(groups[last]);
    return std::string(folded);
}

}  // namespace lectern::text
