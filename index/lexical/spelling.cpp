#include "index/lexical/spelling.hpp"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <utility>

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

std::vector<text::Word> spelled_words(std::string_view text) {
    std::vector<text::Word> out;
    std::vector<text::Word> read = text::words(text);
    out.reserve(read.size());
    for (text::Word& word : read) {
        if (!ascii(word.folded)) word.folded = with_one_apostrophe(word.folded);
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
