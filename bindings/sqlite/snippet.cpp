#include "bindings/sqlite/snippet.hpp"

#include <algorithm>
#include <cstddef>
#include <set>
#include <utility>
#include <vector>

namespace lectern::sqlite {
namespace {

// Without what stands around its letters: "(Moon)," is "moon".
struct Word {
    std::size_t begin = 0;  // with it
    std::size_t end = 0;
    std::size_t letters_begin = 0;
    std::size_t letters_end = 0;
    bool in_query = false;
};

bool space(char c) {
    return std::string_view(" \t\r\n\f\v").find(c) != std::string_view::npos;
}

bool letter(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (static_cast<unsigned char>(c) & 0x80U) != 0;
}

std::vector<Word> words_of(std::string_view text) {
    std::vector<Word> out;
    for (std::size_t at = 0; at < text.size();) {
        if (space(text[at])) {
            ++at;
            continue;
        }
        Word word{at};
        while (at < text.size() && !space(text[at])) ++at;
        word.end = word.letters_end = at;
        word.letters_begin = word.begin;
        while (word.letters_begin < word.letters_end && !letter(text[word.letters_begin]))
            ++word.letters_begin;
        while (word.letters_end > word.letters_begin && !letter(text[word.letters_end - 1]))
            --word.letters_end;
        out.push_back(word);
    }
    return out;
}

std::string letters(std::string_view text, const Word& word) {
    return small_letters(text.substr(word.letters_begin, word.letters_end - word.letters_begin));
}

// What a query looks for (docs/search.md): without what must not be there, which is blank.
std::string looked_for(std::string_view query) {
    std::string out(query);
    bool at_start = true;  // of a word: nothing or white space stands before
    for (std::size_t at = 0; at < query.size();) {
        const bool minus = query[at] == '-' && at_start;
        const std::size_t behind = minus ? at + 1 : at;
        const bool quoted = behind < query.size() && query[behind] == '"';
        std::size_t end = at + 1;
        if (quoted) {
            // A quotation mark without its other half means nothing.
            const std::size_t close = query.find('"', behind + 1);
            if (close != std::string_view::npos) end = close + 1;
        } else if (minus && behind < query.size() && letter(query[behind]) &&
                   (query[behind] < '0' || query[behind] > '9')) {
            while (end < query.size() && !space(query[end])) ++end;
        }
        if (minus && end > at + 1)
            std::fill(out.begin() + static_cast<std::ptrdiff_t>(at),
                      out.begin() + static_cast<std::ptrdiff_t>(end), ' ');
        at_start = space(query[end - 1]);
        at = end;
    }
    return out;
}

// The words of a query, and what words begin with: "aero*".
class QueryWords {
 public:
    explicit QueryWords(std::string_view query) {
        const std::string text = looked_for(query);
        for (const Word& word : words_of(text)) {
            std::string one = letters(text, word);
            if (one.empty()) continue;
            if (word.letters_end < word.end && text[word.letters_end] == '*')
                beginnings_.push_back(std::move(one));
            else
                words_.insert(std::move(one));
        }
    }

    [[nodiscard]] bool has(const std::string& word) const {
        return words_.contains(word) ||
               std::any_of(beginnings_.begin(), beginnings_.end(),
                           [&](const std::string& begin) { return word.starts_with(begin); });
    }

 private:
    std::set<std::string> words_;
    std::vector<std::string> beginnings_;
};

// The first of the windows with the most wanted words.
std::size_t best_window(const std::vector<Word>& words, std::size_t size) {
    std::size_t best = 0;
    std::size_t best_count = 0;
    std::size_t count = 0;
    for (std::size_t i = 0; i < words.size(); ++i) {
        count += words[i].in_query ? 1 : 0;
        if (i >= size) count -= words[i - size].in_query ? 1 : 0;
        if (count > best_count) {
            best_count = count;
            best = i + 1 > size ? i + 1 - size : 0;
        }
    }
    return best;
}

}  // namespace

std::string small_letters(std::string_view text) {
    std::string out(text);
    for (std::size_t i = 0; i < out.size(); ++i) {
        const auto lead = static_cast<unsigned char>(out[i]);
        if (out[i] >= 'A' && out[i] <= 'Z') out[i] = static_cast<char>(out[i] + ('a' - 'A'));
        if (lead < 0xC3 || lead > 0xD3 || i + 1 >= out.size()) continue;
        unsigned code = (lead & 0x1FU) << 6U | (static_cast<unsigned char>(out[i + 1]) & 0x3FU);
        if ((code >= 0xC0 && code <= 0xDE && code != 0xD7) || (code >= 0x391 && code <= 0x3AB) ||
            (code >= 0x410 && code <= 0x42F))
            code += 0x20;
        else if (code >= 0x400 && code <= 0x40F)
            code += 0x50;
        else if ((code >= 0x100 && code <= 0x137 && code != 0x130) ||
                 (code >= 0x14A && code <= 0x177) || (code >= 0x460 && code <= 0x481))
            code |= 1U;
        else if (((code >= 0x139 && code <= 0x147) || (code >= 0x179 && code <= 0x17D)) &&
                 code % 2 == 1)
            ++code;
        out[i] = static_cast<char>(0xC0U | code >> 6U);
        out[i + 1] = static_cast<char>(0x80U | (code & 0x3FU));
        ++i;
    }
    return out;
}

std::string snippet_of(std::string_view text, std::string_view query, const Marks& marks) {
    const QueryWords query_words(query);
    std::vector<Word> words = words_of(text);
    for (Word& word : words) word.in_query = query_words.has(letters(text, word));
    const std::size_t size = std::min(marks.words, words.size());
    if (size == 0) return {};
    const std::size_t first = best_window(words, size);
    const std::size_t last = first + size - 1;
    std::string out = first > 0 ? marks.ellipsis : std::string();
    std::size_t at = words[first].begin;
    for (std::size_t i = first; i <= last; ++i) {
        const Word& word = words[i];
        if (!word.in_query) continue;
        out += text.substr(at, word.letters_begin - at);
        out += marks.open;
        out += text.substr(word.letters_begin, word.letters_end - word.letters_begin);
        out += marks.close;
        at = word.letters_end;
    }
    out += text.substr(at, words[last].end - at);
    if (last + 1 < words.size()) out += marks.ellipsis;
    return out;
}

}  // namespace lectern::sqlite
