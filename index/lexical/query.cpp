#include "index/lexical/query.hpp"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "index/lexical/spelling.hpp"
#include "text/content_words.hpp"
#include "text/text.hpp"

namespace lectern::index::lexical {
namespace {

// A part of the text that signs make something of: between quotation marks, or behind a minus sign.
struct Marked {
    std::size_t begin = 0;  // of the signs
    std::size_t end = 0;
    std::size_t inner_begin = 0;  // of what they stand around
    std::size_t inner_end = 0;
    bool quoted = false;
    bool without = false;
};

constexpr std::string_view quotes[] = {"\"", "\u201C", "\u201D", "\u201E", "\u00AB", "\u00BB"};

// The bytes of the quotation mark that stands at `at`, or 0.
std::size_t quote_at(std::string_view text, std::size_t at) {
    for (const std::string_view quote : quotes)
        if (text.substr(at).starts_with(quote)) return quote.size();
    return 0;
}

UChar32 character_at(std::string_view text, std::size_t at) {
    if (at >= text.size()) return -1;
    const auto* const bytes = reinterpret_cast<const std::uint8_t*>(text.data());
    auto next = static_cast<std::int32_t>(at);
    UChar32 out = -1;
    U8_NEXT(bytes, next, static_cast<std::int32_t>(text.size()), out);
    return out;
}

bool space(UChar32 character) {
    return u_isUWhiteSpace(character) != 0;
}

// Of the run of characters without white space that begins at `at`.
std::size_t run_end(std::string_view text, std::size_t at) {
    const auto* const bytes = reinterpret_cast<const std::uint8_t*>(text.data());
    auto next = static_cast<std::int32_t>(at);
    while (static_cast<std::size_t>(next) < text.size()) {
        const std::int32_t here = next;
        UChar32 character = -1;
        U8_NEXT(bytes, next, static_cast<std::int32_t>(text.size()), character);
        if (character >= 0 && space(character)) return static_cast<std::size_t>(here);
    }
    return text.size();
}

// In order, apart.
std::vector<Marked> marked_parts(std::string_view text) {
    std::vector<Marked> out;
    std::optional<Marked> open;  // a quotation mark that waits for its other half
    bool at_start = true;        // of a word: nothing or white space stands before
    for (std::size_t at = 0; at < text.size();) {
        const bool minus = text[at] == '-' && at_start && !open;
        const std::size_t behind = minus ? at + 1 : at;
        if (const std::size_t quote = behind < text.size() ? quote_at(text, behind) : 0;
            quote > 0) {
            if (open) {
                open->inner_end = at;
                open->end = at + quote;
                out.push_back(*open);
                open.reset();
            } else {
                open = Marked{at, 0, behind + quote, 0, true, minus};
            }
            at = behind + quote;
            at_start = false;
            continue;
        }
        if (minus && u_isalpha(character_at(text, behind)) != 0) {
            const std::size_t end = run_end(text, behind);
            out.push_back({at, end, behind, end, false, true});
            at = end;
            continue;
        }
        at_start = space(character_at(text, at));
        ++at;
        while (at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U) ++at;
    }
    return out;
}

// Signs become spaces, so that what stands around them does not run together.
std::string plain_text(std::string_view text, const std::vector<Marked>& marked,
                       const std::vector<std::size_t>& stars) {
    std::string out(text);
    const auto blank = [&out](std::size_t begin, std::size_t end) {
        std::fill(out.begin() + static_cast<std::ptrdiff_t>(begin),
                  out.begin() + static_cast<std::ptrdiff_t>(end), ' ');
    };
    for (const Marked& one : marked) {
        if (one.without) {
            blank(one.begin, one.end);
            continue;
        }
        blank(one.begin, one.inner_begin);
        blank(one.inner_end, one.end);
    }
    for (const std::size_t star : stars) blank(star, star + 1);
    const std::size_t first = out.find_first_not_of(" \t\r\n");
    if (first == std::string::npos) return {};
    return out.substr(first, out.find_last_not_of(" \t\r\n") + 1 - first);
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

class QueryReader {
 public:
    QueryReader(std::string_view text, bool prose)
        : text_(text), prose_(prose), marked_(prose ? std::vector<Marked>{} : marked_parts(text)) {}

    QueryText read() {
        std::vector<std::vector<std::string>> rows(marked_.size());
        std::vector<bool> begins(marked_.size());  // the row is one word with a star
        for (IndexedWord& one : indexed_words(text_)) {
            const text::Range range = one.word.range;
            const auto part = std::find_if(marked_.begin(), marked_.end(), [&](const Marked& each) {
                return range.begin >= each.inner_begin && range.end <= each.inner_end;
            });
            const bool star = !prose_ && range.end < text_.size() && text_[range.end] == '*';
            out_.last.clear();
            if (part == marked_.end()) {
                take(std::move(one), star);
                continue;
            }
            const auto place = static_cast<std::size_t>(part - marked_.begin());
            begins[place] = star && !part->quoted;
            if (!part->without) out_.words.push_back(one.word.folded);
            rows[place].push_back(std::move(one.word.folded));
        }
        for (std::size_t i = 0; i < rows.size(); ++i) {
            if (rows[i].empty()) continue;
            if (!marked_[i].without)
                out_.phrases.push_back(std::move(rows[i]));
            else if (begins[i] && rows[i].size() == 1)
                out_.without_prefixes.push_back(std::move(rows[i].front()));
            else
                out_.without.push_back(std::move(rows[i]));
        }
        out_.plain = plain_text(text_, marked_, stars_);
        return std::move(out_);
    }

 private:
    // A word that stands by itself.
    void take(IndexedWord one, bool star) {
        if (star) {
            stars_.push_back(one.word.range.end);
            out_.prefixes.push_back(std::move(one.word.folded));
            return;
        }
        for (std::string& part : one.parts)
            if (!text::is_stop_word(part)) out_.parts.push_back(std::move(part));
        if (one.word.range.end == text_.size()) out_.last = one.word.folded;
        out_.words.push_back(std::move(one.word.folded));
    }

    std::string_view text_;
    bool prose_;
    std::vector<Marked> marked_;
    std::vector<std::size_t> stars_;
    QueryText out_;
};

bool in_a_row(const std::vector<std::string>& words) {
    return words.size() > 1;
}

}  // namespace

bool QueryText::must_read() const noexcept {
    return !phrases.empty() || !prefixes.empty() || !without_prefixes.empty() ||
           std::any_of(without.begin(), without.end(), in_a_row);
}

QueryText read_query(std::string_view text, bool prose) {
    return QueryReader(text, prose).read();
}

bool meets(std::string_view title, std::string_view chunk, const QueryText& query) {
    const std::vector<text::Word> in_title = spelled_words(title);
    const std::vector<text::Word> in_chunk = spelled_words(chunk);
    const auto phrase = [&](const std::vector<std::string>& words) {
        return has_phrase(in_chunk, words) || has_phrase(in_title, words);
    };
    const auto prefix = [&](const std::string& begin) {
        return has_prefix(chunk, begin) || has_prefix(title, begin);
    };
    return std::all_of(query.phrases.begin(), query.phrases.end(), phrase) &&
           std::all_of(query.prefixes.begin(), query.prefixes.end(), prefix) &&
           std::none_of(query.without.begin(), query.without.end(),
                        [&](const auto& words) { return in_a_row(words) && phrase(words); }) &&
           std::none_of(query.without_prefixes.begin(), query.without_prefixes.end(), prefix);
}

}  // namespace lectern::index::lexical
