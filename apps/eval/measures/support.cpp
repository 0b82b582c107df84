#include "apps/eval/measures/support.hpp"

#include <algorithm>
#include <charconv>
#include <string>
#include <vector>

#include "text/content_words.hpp"
#include "text/text.hpp"

namespace lectern::evaluation {
namespace {

// "[12]" at `at`: its end, or `at` when there is none.
std::size_t mark_end(std::string_view text, std::size_t at, unsigned& n) {
    if (at >= text.size() || text[at] != '[') return at;
    const std::size_t close = text.find(']', at);
    if (close == std::string_view::npos) return at;
    const auto [end, error] = std::from_chars(text.data() + at + 1, text.data() + close, n);
    return error == std::errc() && end == text.data() + close ? close + 1 : at;
}

struct Sentence {
    std::string words;  // without marks
    std::vector<unsigned> marks;
};

// Marks in a row after the full stop belong to the sentence before.
std::vector<Sentence> sentences_of(std::string_view answer) {
    std::vector<Sentence> out;
    for (const text::Range& range : text::sentences(answer)) {
        Sentence sentence;
        const std::string_view all = answer.substr(range.begin, range.end - range.begin);
        std::size_t at = 0;
        bool leading = true;
        while (at < all.size()) {
            unsigned n = 0;
            if (const std::size_t end = mark_end(all, at, n); end > at) {
                (leading && !out.empty() ? out.back() : sentence).marks.push_back(n);
                at = end;
                continue;
            }
            if (all[at] != ' ' && all[at] != '\n') leading = false;
            sentence.words.push_back(all[at++]);
        }
        if (!text::words(sentence.words).empty()) out.push_back(std::move(sentence));
    }
    return out;
}

bool supported(const Sentence& sentence, const QuoteOf& quote_of) {
    if (sentence.marks.empty()) return false;
    std::string evidence;
    for (const unsigned n : sentence.marks) {
        const auto quote = quote_of(n);
        if (!quote) return false;
        evidence.append(*quote).append("\n");
    }
    const std::vector<text::Word> known = text::words(evidence);
    std::size_t content = 0;
    std::size_t found = 0;
    for (const text::Word& word : text::words(sentence.words)) {
        const bool there = std::any_of(known.begin(), known.end(), [&](const text::Word& other) {
            return word.number || other.number ? word.folded == other.folded
                                               : text::same_stem(word.folded, other.folded);
        });
        if (word.number && !there) return false;
        if (text::is_stop_word(word.folded)) continue;
        ++content;
        found += there ? 1 : 0;
    }
    return 2 * found >= content;
}

}  // namespace

Support support(std::string_view answer, const QuoteOf& quote_of) {
    Support out;
    for (const Sentence& sentence : sentences_of(answer)) {
        ++out.sentences;
        out.supported += supported(sentence, quote_of) ? 1 : 0;
    }
    return out;
}

}  // namespace lectern::evaluation
