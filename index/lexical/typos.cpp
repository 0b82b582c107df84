#include "index/lexical/typos.hpp"

#include <unicode/uchar.h>
#include <unicode/uscript.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <map>

#include "index/lexical/cursor.hpp"
#include "index/lexical/keys.hpp"

namespace lectern::index::lexical {
namespace {

constexpr std::size_t one_edit_from = 5;  // letters
constexpr std::size_t two_edits_from = 9;
constexpr std::size_t no_word_from = 40;
// A word's stem is shorter than the word, and short stems are near to many.
constexpr std::size_t shortest_for_one = 4;
constexpr std::size_t shortest_for_two = 7;

struct Letter {
    UChar32 letter = 0;
    std::size_t end = 0;  // byte behind it
};

std::vector<Letter> letters_of(std::string_view text) {
    std::vector<Letter> out;
    const auto* const bytes = reinterpret_cast<const std::uint8_t*>(text.data());
    const auto size = static_cast<std::int32_t>(text.size());
    for (std::int32_t at = 0; at < size;) {
        UChar32 letter = 0;
        U8_NEXT(bytes, at, size, letter);
        out.push_back({letter, static_cast<std::size_t>(at)});
    }
    return out;
}

bool may_be_mistyped(UChar32 letter) {
    if (letter < 0 || u_isalpha(letter) == 0) return false;
    UErrorCode error = U_ZERO_ERROR;
    switch (uscript_getScript(letter, &error)) {
        case USCRIPT_HAN:
        case USCRIPT_HIRAGANA:
        case USCRIPT_KATAKANA:
        case USCRIPT_HANGUL:
        case USCRIPT_THAI:
        case USCRIPT_LAO:
        case USCRIPT_KHMER:
        case USCRIPT_MYANMAR: return false;
        default: return true;
    }
}

// Edits between a word and the terms of a walk in order.
class Walk {
 public:
    Walk(std::vector<Letter> word, unsigned edits) : word_(std::move(word)), edits_(edits) {
        std::vector<unsigned>& first = rows_.emplace_back();
        for (unsigned i = 0; i <= word_.size(); ++i) first.push_back(i);
    }

    // The edits of the term, more than `edits` when it is too far; then `dead` is how many bytes of
    // it no term may begin with that is near, or 0.
    unsigned edits(std::string_view term, std::size_t& dead) {
        std::size_t same = 0;  // letters
        const std::vector<Letter> letters = letters_of(term);
        while (same < letters.size() && same < term_.size() &&
               letters[same].letter == term_[same].letter)
            ++same;
        term_ = letters;
        rows_.resize(std::min(rows_.size(), same + 1));
        dead = 0;
        while (rows_.size() <= term_.size()) {
            add_row();
            if (!alive()) {
                dead = term_[rows_.size() - 2].end;
                return edits_ + 1;
            }
        }
        return rows_.back().back();
    }

 private:
    // Of one letter more of the term.
    void add_row() {
        const std::size_t i = rows_.size();
        const UChar32 letter = term_[i - 1].letter;
        std::vector<unsigned> row(word_.size() + 1);
        row[0] = static_cast<unsigned>(i);
        for (std::size_t j = 1; j < row.size(); ++j) {
            const unsigned same = letter == word_[j - 1].letter ? 0U : 1U;
            row[j] = std::min({rows_[i - 1][j] + 1, row[j - 1] + 1, rows_[i - 1][j - 1] + same});
            if (i > 1 && j > 1 && letter == word_[j - 2].letter &&
                term_[i - 2].letter == word_[j - 1].letter)
                row[j] = std::min(row[j], rows_[i - 2][j - 2] + 1);
        }
        rows_.push_back(std::move(row));
    }
    // Whether a longer term may come near: a swap looks back by two.
    [[nodiscard]] bool alive() const {
        const auto least = [](const std::vector<unsigned>& row) {
            return *std::min_element(row.begin(), row.end());
        };
        return least(rows_.back()) <= edits_ || least(rows_[rows_.size() - 2]) + 1 <= edits_;
    }

    const std::vector<Letter> word_;
    const unsigned edits_;
    std::vector<Letter> term_;
    std::vector<std::vector<unsigned>> rows_;  // of the first letters of term_
};

// The first key behind all that begin with these bytes; "" when there is none.
std::string behind(std::string key) {
    while (!key.empty() && static_cast<unsigned char>(key.back()) == 0xFF) key.pop_back();
    if (!key.empty()) key.back() = static_cast<char>(static_cast<unsigned char>(key.back()) + 1);
    return key;
}

struct Found {
    unsigned edits = 0;
    std::int64_t chunks = 0;
};

Status walk_segment(const State& state, SegmentNumber number, const std::vector<Letter>& word,
                    std::string_view term, unsigned edits, std::map<std::string, Found>& found) {
    const std::string begin = head_key(number, term.substr(0, word.front().end));
    storage::DerivedCursor row = state.reader.derived(begin, segment_key('p', number + 1));
    Walk walk(word, edits);
    while (row.valid() && row.key().starts_with(begin)) {
        if (!is_head(row.key())) {
            row.next();
            continue;
        }
        const std::string_view here = row.key().substr(term_at);
        std::size_t dead = 0;
        const unsigned away = walk.edits(here, dead);
        if (away <= edits && away > 0) {
            auto head = decode_head(row.value());
            if (!head) return corrupt_list(std::string(row.key()));
            Found& one = found[std::string(here)];
            one.edits = away;
            one.chunks += static_cast<std::int64_t>(head->count) - head->removed;
        }
        if (dead == 0) {
            row.next();
            continue;
        }
        const std::string next = behind(std::string(row.key().substr(0, term_at + dead)));
        if (next.empty()) break;
        row.seek(next);
    }
    return row.status();
}

}  // namespace

unsigned typing_edits(std::string_view folded) {
    const std::vector<Letter> letters = letters_of(folded);
    if (letters.size() < one_edit_from || letters.size() >= no_word_from) return 0;
    if (!std::all_of(letters.begin(), letters.end(),
                     [](const Letter& one) { return may_be_mistyped(one.letter); }))
        return 0;
    return letters.size() < two_edits_from ? 1 : 2;
}

std::vector<std::string> mended_forms(std::string_view word) {
    const std::vector<Letter> letters = letters_of(word);
    const auto bytes = [&](std::size_t i) {
        return word.substr(letters[i - 1].end, letters[i].end - letters[i - 1].end);
    };
    std::vector<std::string> out;
    for (std::size_t i = 1; i < letters.size(); ++i) {
        const std::string before(word.substr(0, letters[i - 1].end));
        out.push_back(before + std::string(word.substr(letters[i].end)));
        if (i + 1 == letters.size() || letters[i].letter == letters[i + 1].letter) continue;
        out.push_back(before + std::string(bytes(i + 1)) + std::string(bytes(i)) +
                      std::string(word.substr(letters[i + 1].end)));
    }
    return out;
}

Result<std::vector<NearTerm>> near_terms(const State& state, std::string_view term, unsigned edits,
                                         std::size_t most) {
    const std::vector<Letter> word = letters_of(term);
    if (word.size() < shortest_for_one) edits = 0;
    if (word.size() < shortest_for_two) edits = std::min(edits, 1U);
    std::vector<NearTerm> out;
    if (edits == 0) return out;
    std::map<std::string, Found> found;
    for (const LiveSegment& live : state.segments)
        LECTERN_TRY(walk_segment(state, live.segment->number, word, term, edits, found));
    for (auto& [name, one] : found)
        if (one.chunks > 0) out.push_back({name, one.edits, one.chunks});
    std::stable_sort(out.begin(), out.end(), [](const NearTerm& a, const NearTerm& b) {
        return a.edits != b.edits ? a.edits < b.edits : a.chunks > b.chunks;
    });
    if (out.size() > most) out.resize(most);
    return out;
}

}  // namespace lectern::index::lexical
