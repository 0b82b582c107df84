#include "index/lexical/query.hpp"

#include <algorithm>
#include <cstddef>

#include "index/lexical/spelling.hpp"
#include "text/content_words.hpp"
#include "text/text.hpp"

namespace lectern::index::lexical {
namespace {

struct Quoted {
    std::size_t begin = 0;
    std::size_t end = 0;
};

constexpr std::string_view quotes[] = {"\"", "\u201C", "\u201D", "\u201E", "\u00AB", "\u00BB"};

// The parts between quotation marks.
std::vector<Quoted> quoted_parts(std::string_view text) {
    std::vector<Quoted> out;
    std::size_t open = std::string_view::npos;
    for (std::size_t at = 0; at < text.size();) {
        const auto mark = std::find_if(std::begin(quotes), std::end(quotes), [&](auto quote) {
            return text.substr(at).starts_with(quote);
        });
        if (mark == std::end(quotes)) {
            ++at;
            continue;
        }
        if (open == std::string_view::npos) {
            open = at + mark->size();
        } else {
            out.push_back({open, at});
            open = std::string_view::npos;
        }
        at += mark->size();
    }
    return out;
}

bool has_phrase(const std::vector<text::Word>& words, const std::vector<std::string>& phrase) {
    return std::search(words.begin(), words.end(), phrase.begin(), phrase.end(),
                       [](const text::Word& word, const std::string& wanted) {
                           return word.folded == wanted;
                       }) != words.end();
}

bool has_prefix(std::string_view text, const std::string& prefix) {
    const std::vector<IndexedWord> words = indexed_words(text);
    const auto begins = [&](const std::string& word) { return word.starts_with(prefix); };
    return std::any_of(words.begin(), words.end(), [&](const IndexedWord& one) {
        return begins(one.word.folded) || std::any_of(one.parts.begin(), one.parts.end(), begins);
    });
}

}  // namespace

QueryText read_query(std::string_view text) {
    QueryText out;
    const std::vector<Quoted> parts = quoted_parts(text);
    std::vector<std::vector<std::string>> phrases(parts.size());
    for (IndexedWord& one : indexed_words(text)) {
        text::Word& word = one.word;
        const auto part = std::find_if(parts.begin(), parts.end(), [&](const Quoted& one) {
            return word.range.begin >= one.begin && word.range.end <= one.end;
        });
        if (part != parts.end()) {
            phrases[static_cast<std::size_t>(part - parts.begin())].push_back(word.folded);
        } else if (word.range.end < text.size() && text[word.range.end] == '*') {
            out.prefixes.push_back(std::move(word.folded));
            continue;
        } else {
            for (std::string& part : one.parts)
                if (!text::is_stop_word(part)) out.parts.push_back(std::move(part));
        }
        out.words.push_back(std::move(word.folded));
    }
    for (std::vector<std::string>& phrase : phrases)
        if (!phrase.empty()) out.phrases.push_back(std::move(phrase));
    return out;
}

bool meets(std::string_view title, std::string_view chunk, const QueryText& query) {
    const std::vector<text::Word> in_title = spelled_words(title);
    const std::vector<text::Word> in_chunk = spelled_words(chunk);
    for (const std::vector<std::string>& phrase : query.phrases)
        if (!has_phrase(in_chunk, phrase) && !has_phrase(in_title, phrase)) return false;
    for (const std::string& prefix : query.prefixes)
        if (!has_prefix(chunk, prefix) && !has_prefix(title, prefix)) return false;
    return true;
}

}  // namespace lectern::index::lexical
