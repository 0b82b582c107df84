#include "index/lexical/spelling.hpp"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

#include "text/word_parts.hpp"

namespace lectern::index::lexical {
namespace {

constexpr std::string_view typographic[] = {"\u2019", "\u02BC", "\u2018"};

std::string with_one_apostrophe(std::string_view word) {
    std::string out;
    while (!word.empty()) {
        const auto mark = std::find_if(std::begin(typographic), std::end(typographic),
                                       [&](auto one) { return word.starts_with(one); });
        const bool found = mark != std::end(typographic);
        out.push_back(found ? '\'' : word.front());
        word.remove_prefix(found ? mark->size() : 1);
    }
    return out;
}

// Where the word behind an elided one begins in "l'école"; 0: nothing is elided.
std::size_t elision_end(std::string_view folded) {
    constexpr std::array<std::string_view, 24> elided{
        "l",  "d",     "j",     "m",    "t",     "s",      "n",      "c",
        "qu", "un",    "all",   "dall", "dell",  "nell",   "sull",   "coll",
        "gl", "quest", "quell", "bell", "jusqu", "lorsqu", "puisqu", "quoiqu"};
    const std::size_t mark = folded.find('\'');
    // Behind it stands a word and no ending.
    if (mark == std::string_view::npos || mark + 3 > folded.size()) return 0;
    const std::string_view before = folded.substr(0, mark);
    return std::find(elided.begin(), elided.end(), before) == elided.end() ? 0 : mark + 1;
}

// The bytes of the original that the first `bytes` of the folded word stand for: as many
// characters, for an elided word has no letters that folding lengthens.
std::size_t original_bytes(std::string_view original, std::string_view folded_part) {
    const auto begins = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; };
    auto characters = std::count_if(folded_part.begin(), folded_part.end(), begins);
    std::size_t at = 0;
    for (; at < original.size(); ++at)
        if (begins(original[at]) && characters-- == 0) break;
    return at;
}

bool ascii(std::string_view text) {
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

// Vowels and accents of the Bible and of children's books, U+0591 to U+05C7 but for the few that
// are punctuation: all of two bytes.
bool hebrew_point(std::string_view at) {
    if (at.size() < 2) return false;
    const auto first = static_cast<unsigned char>(at[0]);
    const auto second = static_cast<unsigned char>(at[1]);
    if (first == 0xD6) return second >= 0x91 && second != 0xBE;
    return first == 0xD7 && second <= 0x87 && second >= 0x81 && second != 0x83 && second != 0x86;
}

std::string without_points(std::string_view word) {
    std::string out;
    while (!word.empty()) {
        const bool point = hebrew_point(word);
        if (!point) out.push_back(word.front());
        word.remove_prefix(point ? 2 : 1);
    }
    return out;
}

bool letter_or_digit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}
bool digits(std::string_view text) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// The marks behind a word that are part of its name: "++" of "C++", "#" of "F#"; else "".
std::string_view marks_behind(const text::Word& word, std::string_view text) {
    const std::string_view rest = text.substr(word.range.end);
    const char last = word.folded.empty() ? ' ' : word.folded.back();
    if (!letter_or_digit(last) || digits(word.folded)) return {};
    if (rest.starts_with("++") && !rest.starts_with("+++")) return rest.substr(0, 2);
    const bool one_letter = word.folded.size() == 1;
    const bool ends = rest.size() < 2 || !letter_or_digit(rest[1]);
    if (one_letter && rest.starts_with('#') && ends) return rest.substr(0, 1);
    return {};
}

// Bytes of a raised or lowered digit at the beginning, or 0.
std::size_t small_digit(std::string_view text, bool& lowered) {
    lowered = false;
    for (const std::string_view raised : {"\u00B2", "\u00B3", "\u00B9"})
        if (text.starts_with(raised)) return raised.size();
    // U+2070 to U+2079 but for letters, U+2080 to U+2089.
    if (!text.starts_with("\xE2") || text.size() < 3) return 0;
    const auto second = static_cast<unsigned char>(text[1]);
    const auto third = static_cast<unsigned char>(text[2]);
    lowered = second == 0x82 && third >= 0x80 && third <= 0x89;
    const bool raised = second == 0x81 && (third == 0xB0 || (third >= 0xB4 && third <= 0xB9));
    return lowered || raised ? 3 : 0;
}

// "km2" for "km²", "h2o" for "H₂O" that begins with the word at `at`; "" when no such digit stands
// behind it.
std::string with_small_digits(const std::vector<text::Word>& words, std::size_t at,
                              std::string_view text) {
    const std::size_t begin = words[at].range.begin;
    std::size_t end = words[at].range.end;
    bool small = false;
    while (true) {
        bool lowered = false;
        std::size_t bytes = small_digit(text.substr(end), lowered);
        if (bytes == 0) break;
        small = true;
        const bool goes_on = lowered;
        for (; bytes > 0; bytes = small_digit(text.substr(end), lowered)) end += bytes;
        if (!goes_on || at + 1 == words.size() || words[at + 1].range.begin != end) break;
        end = words[++at].range.end;
    }
    return small ? text::fold(text.substr(begin, end - begin)) : std::string();
}

// "1250" for the words "1" and "250" with a space between, and what follows them so; "" else.
std::string with_spaces(const std::vector<text::Word>& words, std::size_t at,
                        std::string_view text) {
    const auto group = [&](std::size_t word) {
        return text.substr(words[word].range.begin,
                           words[word].range.end - words[word].range.begin);
    };
    const std::string_view first = group(at);
    if (!digits(first) || first.size() > 3 || first[0] == '0') return {};
    std::string out(first);
    std::size_t next = at + 1;
    for (; next < words.size(); ++next) {
        const std::size_t end = words[next - 1].range.end;
        const std::string_view between = text.substr(end, words[next].range.begin - end);
        const bool space =
            between == " " || between == "\u00A0" || between == "\u202F" || between == "\u2009";
        const std::string_view digits_here = group(next).substr(0, group(next).find_first_of(".,"));
        if (!space || digits_here.size() != 3 || !digits(digits_here)) break;
        out += digits_here;
        if (group(next).size() == 3) continue;
        const std::string_view decimals = group(next).substr(4);
        if (digits(decimals)) return out + "." + std::string(decimals);
        return {};
    }
    return next == at + 1 ? std::string() : out;
}

bool takes_accents(UChar32 character) {
    UErrorCode error = U_ZERO_ERROR;
    const UScriptCode script = uscript_getScript(character, &error);
    return script == USCRIPT_LATIN || script == USCRIPT_GREEK;
}

// Letters that Unicode does not take apart; nullptr: as it is.
const char* plain(UChar32 letter) {
    switch (letter) {
        case 0x0131: return "i";   // ı
        case 0x00F8: return "o";   // ø
        case 0x0142: return "l";   // ł
        case 0x0111: return "d";   // đ
        case 0x0153: return "oe";  // œ
        case 0x00E6: return "ae";  // æ
        default: return nullptr;
    }
}

}  // namespace

namespace {

// The narrow space of French, "10 kg" and "vrai ?", which Unicode's rules take for a letter.
constexpr std::string_view narrow_space = "\u202F";

// text::words, cut at narrow spaces but for those of "1 250".
std::vector<text::Word> spaced_words(std::string_view text) {
    std::vector<text::Word> read = text::words(text);
    if (text.find(narrow_space) == std::string_view::npos) return read;
    std::vector<text::Word> out;
    for (text::Word& word : read) {
        const auto [begin, end] = word.range;
        const std::string_view bytes = text.substr(begin, end - begin);
        if (bytes.find(narrow_space) == std::string_view::npos ||
            text::plain_number(word.folded) != word.folded) {
            out.push_back(std::move(word));
            continue;
        }
        for (std::size_t at = 0; at < bytes.size();) {
            const std::size_t stop = std::min(bytes.find(narrow_space, at), bytes.size());
            if (stop > at) {
                std::string folded = text::fold(bytes.substr(at, stop - at));
                const bool number = !folded.empty() && folded[0] >= '0' && folded[0] <= '9';
                if (!folded.empty())
                    out.push_back({{begin + at, begin + stop}, std::move(folded), number});
            }
            at = stop + narrow_space.size();
        }
    }
    return out;
}

}  // namespace

std::vector<text::Word> spelled_words(std::string_view text) {
    std::vector<text::Word> out;
    std::vector<text::Word> read = spaced_words(text);
    out.reserve(read.size());
    for (text::Word& word : read) {
        if (!ascii(word.folded)) word.folded = without_points(with_one_apostrophe(word.folded));
        if (word.number) word.folded = text::plain_number(word.folded);
        if (const std::string_view marks = marks_behind(word, text);
            !marks.empty() && word.folded.size() == 1) {
            word.folded += marks;
            word.range.end += marks.size();
        }
        const std::size_t end = elision_end(word.folded);
        if (end == 0) {
            out.push_back(std::move(word));
            continue;
        }
        const auto [begin, stop] = word.range;
        const std::string_view elided = std::string_view(word.folded).substr(0, end);
        const std::size_t cut = begin + original_bytes(text.substr(begin, stop - begin), elided);
        const std::string behind = word.folded.substr(end);
        const bool number = behind[0] >= '0' && behind[0] <= '9';
        out.push_back({{begin, cut}, word.folded.substr(0, end - 1), false});
        out.push_back({{cut, stop}, behind, number});
    }
    return out;
}

std::vector<IndexedWord> indexed_words(std::string_view text) {
    std::vector<text::Word> words = spelled_words(text);
    std::vector<IndexedWord> out;
    out.reserve(words.size());
    for (std::size_t i = 0; i < words.size(); ++i) {
        const auto [begin, end] = words[i].range;
        IndexedWord& one = out.emplace_back();
        one.parts = text::word_parts(text.substr(begin, end - begin));
        const auto add = [&](std::string part) {
            if (!part.empty() && part != words[i].folded) one.parts.push_back(std::move(part));
        };
        if (const std::string_view marks = marks_behind(words[i], text); !marks.empty())
            add(words[i].folded + std::string(marks));  // "notepad++"
        add(with_small_digits(words, i, text));
        if (words[i].number) add(with_spaces(words, i, text));
        one.word = std::move(words[i]);  // its range stays
    }
    return out;
}

std::string without_accents(std::string_view folded) {
    if (ascii(folded)) return std::string(folded);
    UErrorCode status = U_ZERO_ERROR;
    const icu::Normalizer2* apart = icu::Normalizer2::getNFDInstance(status);
    const icu::UnicodeString text = icu::UnicodeString::fromUTF8(
        icu::StringPiece(folded.data(), static_cast<std::int32_t>(folded.size())));
    const icu::UnicodeString letters = apart == nullptr ? text : apart->normalize(text, status);
    if (U_FAILURE(status))
        throw std::runtime_error(std::string("ICU cannot take letters apart: ") +
                                 u_errorName(status));
    icu::UnicodeString out;
    bool accents = false;  // those that stand here are taken off
    for (std::int32_t at = 0; at < letters.length(); at = letters.moveIndex32(at, 1)) {
        const UChar32 letter = letters.char32At(at);
        if (letter >= 0x300 && letter <= 0x36F && accents) continue;
        accents = takes_accents(letter);
        if (const char* other = plain(letter); other != nullptr)
            out.append(icu::UnicodeString(other, -1, US_INV));
        else
            out.append(letter);
    }
    // What was not taken off goes together again.
    const icu::Normalizer2* together = icu::Normalizer2::getNFCInstance(status);
    std::string bytes;
    if (U_SUCCESS(status)) together->normalize(out, status).toUTF8String(bytes);
    if (U_FAILURE(status))
        throw std::runtime_error(std::string("ICU cannot put letters together: ") +
                                 u_errorName(status));
    return bytes;
}

}  // namespace lectern::index::lexical
