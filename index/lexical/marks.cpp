#include "index/lexical/marks.hpp"

#include <algorithm>
#include <cstddef>

#include "text/content_words.hpp"

namespace lectern::index::lexical {
namespace {

bool has(const std::vector<std::string>& words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

// The whole or a part.
template <typename Predicate>
bool any_form(const IndexedWord& one, const Predicate& is) {
    return is(one.word.folded) || std::any_of(one.parts.begin(), one.parts.end(), is);
}

bool stands_at(const std::vector<IndexedWord>& words, std::size_t at,
               const std::vector<std::string>& phrase) {
    return at + phrase.size() <= words.size() &&
           std::equal(phrase.begin(), phrase.end(), words.begin() + static_cast<std::ptrdiff_t>(at),
                      [](const std::string& wanted, const IndexedWord& one) {
                          return one.word.folded == wanted;
                      });
}

// Words of the longest phrase that begins at `at`; 0: none does.
std::size_t phrase_at(const std::vector<IndexedWord>& words, std::size_t at,
                      const std::vector<std::vector<std::string>>& phrases) {
    std::size_t out = 0;
    for (const std::vector<std::string>& phrase : phrases)
        if (phrase.size() > out && stands_at(words, at, phrase)) out = phrase.size();
    return out;
}

}  // namespace

std::vector<text::Range> marks(std::string_view text, const QueryText& query,
                               const std::function<bool(const IndexedWord&)>& wanted) {
    const auto named = [&query](const std::string& word) {
        return (has(query.words, word) || has(query.parts, word)) && !text::is_stop_word(word);
    };
    const auto begun = [&query](const std::string& word) {
        return std::any_of(query.prefixes.begin(), query.prefixes.end(),
                           [&](const std::string& prefix) { return word.starts_with(prefix); });
    };
    std::vector<text::Range> out;
    const auto add = [&out](text::Range range) {
        // A word that was read in two ("l'école") may begin where the one before ended.
        if (!out.empty() && range.begin < out.back().end)
            out.back().end = std::max(out.back().end, range.end);
        else if (range.end > range.begin)
            out.push_back(range);
    };
    const std::vector<IndexedWord> words = indexed_words(text);
    for (std::size_t at = 0; at < words.size(); ++at) {
        const IndexedWord& one = words[at];
        if (const std::size_t count = phrase_at(words, at, query.phrases); count > 0) {
            add({one.word.range.begin, words[at + count - 1].word.range.end});
            at += count - 1;
            continue;
        }
        const bool meant = wanted ? wanted(one) : any_form(one, named);
        if (meant || any_form(one, begun)) add(one.word.range);
    }
    return out;
}

bool has_excluded_word(std::string_view title, std::string_view chunk, const QueryText& query) {
    const auto excluded = [&query](const std::string& word) {
        return std::any_of(query.without.begin(), query.without.end(), [&](const auto& words) {
            return words.size() == 1 && words.front() == word;
        });
    };
    const auto in = [&](std::string_view text) {
        const std::vector<IndexedWord> words = indexed_words(text);
        return std::any_of(words.begin(), words.end(),
                           [&](const IndexedWord& one) { return any_form(one, excluded); });
    };
    return in(title) || in(chunk);
}

}  // namespace lectern::index::lexical
