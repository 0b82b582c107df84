// Words by ICU's word rules (UAX 29 with dictionaries), read from UTF-8 in place. Plain ASCII, most
// of most English text, takes a short cut that words_test.cpp holds against ICU.
#include <unicode/brkiter.h>
#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/utext.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <memory>
#include <stdexcept>

#include "text/text.hpp"

namespace lectern::text {
namespace {

// ICU gets text in pieces of at most so many bytes: its dictionaries keep several integers for
// every character of a piece.
constexpr std::size_t piece_bytes = 65'536;
// ASCII bytes in a row after which the short cut pays again.
constexpr std::size_t ascii_run = 32;

void check(UErrorCode status, const char* what) {
    if (U_FAILURE(status)) throw std::runtime_error(std::string(what) + ": " + u_errorName(status));
}

enum Class : unsigned char { other, letter, digit, underscore, quote_or_dot, comma, space };

constexpr std::array<Class, 128> classes = [] {
    std::array<Class, 128> out{};
    for (int c = 'a'; c <= 'z'; ++c) out[c] = out[c - 'a' + 'A'] = letter;
    for (int c = '0'; c <= '9'; ++c) out[c] = digit;
    out['_'] = underscore;
    out['.'] = out['\''] = quote_or_dot;
    out[','] = out[';'] = comma;
    for (const unsigned char c : {' ', '\t', '\n', '\r', '\v', '\f'}) out[c] = space;
    return out;
}();

constexpr bool is_ascii(char c) noexcept {
    return static_cast<unsigned char>(c) < 0x80;
}
constexpr Class of(char c) noexcept {
    return is_ascii(c) ? classes[static_cast<unsigned char>(c)] : other;
}

void lower_ascii(std::string& text) noexcept {
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
}

// The end of the ASCII word that begins at `at` with a letter, a digit or an underscore: rules WB5
// to WB13 for these characters.
std::size_t ascii_word_end(std::string_view text, std::size_t at) noexcept {
    while (++at < text.size()) {
        const Class now = of(text[at]);
        if (now == letter || now == digit || now == underscore) continue;
        if ((now != quote_or_dot && now != comma) || at + 1 == text.size()) break;
        const Class before = of(text[at - 1]);
        const Class after = of(text[at + 1]);
        const bool joins = before == after && (after == digit || (after == letter && now != comma));
        if (!joins) break;
    }
    return at;
}

// Appends the words of text[begin,end), which is ASCII.
void ascii_words(std::string_view text, std::size_t begin, std::size_t end,
                 std::vector<Word>& out) {
    const std::string_view part = text.substr(0, end);
    for (std::size_t at = begin; at < end;) {
        const Class now = of(part[at]);
        if (now != letter && now != digit && now != underscore) {
            ++at;
            continue;
        }
        const std::size_t stop = ascii_word_end(part, at);
        const std::string_view bytes = part.substr(at, stop - at);
        if (bytes.find_first_not_of('_') != std::string_view::npos) {
            Word& word = out.emplace_back();
            word.range = {at, stop};
            word.folded = bytes;
            lower_ascii(word.folded);
            word.number = now == digit;
        }
        at = stop;
    }
}

// ICU's rules for the calling thread.
class WordRules {
 public:
    WordRules() {
        UErrorCode status = U_ZERO_ERROR;
        rules_.reset(icu::BreakIterator::createWordInstance(icu::Locale::getRoot(), status));
        check(status, "ICU's word rules cannot be loaded; is ICU's data installed?");
    }
    ~WordRules() { utext_close(&utext_); }
    WordRules(const WordRules&) = delete;
    WordRules& operator=(const WordRules&) = delete;

    // Appends the words of text[begin,end).
    void words(std::string_view text, std::size_t begin, std::size_t end, std::vector<Word>& out) {
        const std::string_view piece = text.substr(begin, end - begin);
        UErrorCode status = U_ZERO_ERROR;
        utext_openUTF8(&utext_, piece.data(), static_cast<std::int64_t>(piece.size()), &status);
        rules_->setText(&utext_, status);
        check(status, "ICU cannot read the text");
        std::int32_t from = rules_->first();
        for (std::int32_t to = rules_->next(); to != icu::BreakIterator::DONE;
             from = to, to = rules_->next()) {
            if (rules_->getRuleStatus() < UBRK_WORD_NONE_LIMIT) continue;
            const std::string_view bytes = piece.substr(from, to - from);
            if (bytes.find_first_not_of('_') == std::string_view::npos) continue;
            std::string folded = fold(bytes);
            if (folded.empty()) continue;  // nothing that a reader sees
            UChar32 first = 0;
            U8_GET(reinterpret_cast<const std::uint8_t*>(bytes.data()), 0, 0,
                   static_cast<std::int32_t>(bytes.size()), first);
            Word& word = out.emplace_back();
            word.range = {begin + static_cast<std::size_t>(from),
                          begin + static_cast<std::size_t>(to)};
            word.folded = std::move(folded);
            word.number = u_isdigit(first) != 0;
        }
    }

 private:
    std::unique_ptr<icu::BreakIterator> rules_;
    UText utext_ = UTEXT_INITIALIZER;
};

std::size_t first_non_ascii(std::string_view text, std::size_t from, std::size_t to) noexcept {
    while (from < to && is_ascii(text[from])) ++from;
    return from;
}

// Where the piece for ICU that begins at `begin` and has a non-ASCII byte at `wide` ends: at white
// space with plain ASCII behind it, so that no rule looks across; or where it becomes too long.
std::size_t piece_end(std::string_view text, std::size_t begin, std::size_t wide) {
    const std::size_t limit = std::min(text.size(), begin + piece_bytes);
    for (std::size_t at = wide; at < limit; ++at) {
        if (of(text[at]) != space) continue;
        const std::size_t run_end = std::min(text.size(), at + ascii_run);
        const std::size_t stop = first_non_ascii(text, at, run_end);
        if (stop == run_end) return at;
        at = stop;
    }
    if (limit == text.size()) return limit;
    // Too long. Cut behind Chinese and Japanese punctuation or at a space near the end, else
    // anywhere between two characters.
    constexpr std::size_t near = 4096;
    const std::string_view tail = text.substr(limit - near, near);
    for (const std::string_view mark : {"。", "，", "、", " ", "\n"}) {
        const std::size_t found = tail.rfind(mark);
        if (found == std::string_view::npos) continue;
        const std::size_t cut = limit - near + found + (is_ascii(mark[0]) ? 0 : mark.size());
        if (cut > begin) return cut;
    }
    return prefix(text, limit).size();
}

}  // namespace

std::vector<Word> words(std::string_view text) {
    std::vector<Word> out;
    out.reserve(text.size() / 6);
    for (std::size_t at = 0; at < text.size();) {
        const std::size_t wide = first_non_ascii(text, at, text.size());
        if (wide == text.size()) {
            ascii_words(text, at, wide, out);
            break;
        }
        // The word that holds or touches the first non-ASCII byte is ICU's.
        std::size_t begin = wide;
        while (begin > at && of(text[begin - 1]) != space) --begin;
        ascii_words(text, at, begin, out);
        thread_local WordRules rules;
        const std::size_t end = piece_end(text, begin, wide);
        rules.words(text, begin, end, out);
        at = end;
    }
    return out;
}

std::string fold(std::string_view text) {
    if (first_non_ascii(text, 0, text.size()) == text.size()) {
        std::string out(text);
        lower_ascii(out);
        return out;
    }
    if (text.size() > std::numeric_limits<std::int32_t>::max())
        throw std::length_error("a text of more than 2 GB cannot be folded at once");
    UErrorCode status = U_ZERO_ERROR;
    const icu::Normalizer2* folding = icu::Normalizer2::getNFKCCasefoldInstance(status);
    check(status, "ICU's case folding cannot be loaded; is ICU's data installed?");
    std::string out;
    out.reserve(text.size());
    icu::StringByteSink<std::string> sink(&out);
    folding->normalizeUTF8(0, icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())),
                           sink, nullptr, status);
    check(status, "ICU cannot fold the text");
    return out;
}

}  // namespace lectern::text
