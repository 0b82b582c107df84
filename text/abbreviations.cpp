#include "text/abbreviations.hpp"

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

#include "text/ascii.hpp"

namespace lectern::text {
namespace {

using std::string_view;

// Sorted lists; compared in ASCII lower case.
template <std::size_t n>
constexpr bool sorted(const std::array<string_view, n>& list) {
    return std::is_sorted(list.begin(), list.end());
}

// Something always follows these.
constexpr auto always = std::to_array<string_view>(
    {"abb", "abs",    "adm",  "allg",  "anm",  "approx", "aufl", "ausg", "bd",   "bzgl",
     "bzw", "ca",     "capt", "cf",    "cmdr", "dr",     "dra",  "ebd",  "eds",  "engl",
     "eq",  "eqs",    "evtl", "exc",   "ff",   "fig",    "figs", "fr",   "geb",  "gegr",
     "gem", "gen",    "ggf",  "gov",   "hon",  "hr",     "hrsg", "inkl", "insb", "kap",
     "lt",  "messrs", "mio",  "mlle",  "mme",  "mr",     "mrd",  "mrs",  "ms",   "mt",
     "nr",  "pres",   "prof", "resp",  "rev",  "sen",    "sgt",  "sog",  "spp",  "sra",
     "ssp", "st",     "univ", "urspr", "vgl",  "viz",    "vs",   "wg"});
static_assert(sorted(always));

// Only before a number: "no. 5", "vol. 2", "Jan. 3".
constexpr auto before_number = std::to_array<string_view>(
    {"apr", "art", "aug",  "bl",  "ch",  "chap", "chs", "dec", "dez", "feb",  "jan", "jul", "jun",
     "mar", "max", "min",  "no",  "nos", "nov",  "oct", "okt", "p",   "par",  "pos", "pp",  "s",
     "sec", "sep", "sept", "ser", "sp",  "tab",  "tel", "ver", "vol", "vols", "z"});
static_assert(sorted(before_number));

// End a sentence only when what follows looks like the start of one.
constexpr auto perhaps = std::to_array<string_view>(
    {"al", "bros", "co", "col", "corp", "ed", "inc", "jh", "jr", "ltd", "rep", "sr", "std", "v"});
static_assert(sorted(perhaps));

// Words that begin sentences and hardly ever names.
constexpr auto starters = std::to_array<string_view>(
    {"a",       "aber",   "after",    "all",       "als",   "also",    "although", "am",
     "an",      "and",    "another",  "are",       "as",    "at",      "auch",     "auf",
     "because", "before", "bei",      "both",      "but",   "by",      "can",      "ce",
     "cette",   "das",    "der",      "did",       "die",   "dies",    "diese",    "dieser",
     "do",      "does",   "during",   "each",      "ein",   "eine",    "el",       "elle",
     "er",      "es",     "finally",  "for",       "from",  "he",      "hence",    "her",
     "here",    "his",    "how",      "however",   "i",     "ich",     "if",       "il",
     "im",      "in",     "instead",  "is",        "it",    "its",     "las",      "les",
     "los",     "many",   "moreover", "most",      "my",    "no",      "not",      "nous",
     "now",     "of",     "on",       "once",      "one",   "only",    "or",       "our",
     "she",     "sie",    "since",    "so",        "some",  "such",    "that",     "the",
     "their",   "then",   "there",    "therefore", "these", "they",    "this",     "those",
     "thus",    "to",     "two",      "un",        "und",   "une",     "unlike",   "until",
     "was",     "we",     "wenn",     "were",      "what",  "when",    "where",    "which",
     "while",   "who",    "why",      "wir",       "with",  "without", "yet",      "you",
     "your",    "zu"});
static_assert(sorted(starters));

constexpr auto german_months = std::to_array<string_view>(
    {"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober",
     "November", "Dezember", "Jahrhundert", "Jh"});

template <std::size_t n>
bool holds(const std::array<string_view, n>& list, string_view word) {
    return std::binary_search(list.begin(), list.end(), word);
}

std::string lower(string_view word) {
    std::string out(word);
    for (char& c : out)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return out;
}

string_view first_word(string_view text) noexcept {
    std::size_t end = 0;
    while (end < text.size() && (static_cast<unsigned char>(text[end]) >= 0x80 ||
                                 ((text[end] | 0x20) >= 'a' && (text[end] | 0x20) <= 'z')))
        ++end;
    return text.substr(0, end);
}

bool starts_sentence(string_view next) {
    const string_view word = first_word(next);
    if (word.size() < next.size() && next[word.size()] == '.') return false;  // an initial: "A. B."
    return holds(starters, lower(word));
}

// "... z. " or "... z.\u00a0".
bool ends_with_initial(string_view text) noexcept {
    if (text.ends_with(' '))
        text.remove_suffix(1);
    else if (text.ends_with("\u00a0"))
        text.remove_suffix(2);
    if (!text.ends_with('.') || text.size() < 2) return false;
    text.remove_suffix(1);
    const char letter = static_cast<char>(text.back() | 0x20);
    return letter >= 'a' && letter <= 'z' && (text.size() == 1 || text[text.size() - 2] <= ' ');
}

// One letter: an initial. A lower-case one only beside another, as in "z. B." and "d. h.".
bool is_initial(string_view before, string_view word, string_view next) {
    std::int32_t at = 0;
    UChar32 letter = 0;
    U8_NEXT(word.data(), at, static_cast<std::int32_t>(word.size()), letter);
    if (letter < 0 || !u_isalpha(letter)) return false;
    if (static_cast<std::size_t>(at) != word.size()) return false;
    if (u_isupper(letter) || ends_with_initial(before)) return true;
    const string_view following = first_word(next);
    return following.size() == 1 && following.size() < next.size() && next[1] == '.';
}

// Parts of one or two letters with full stops or hyphens between: "U.S", "e.g", "Ph.D", "J.-P".
bool is_acronym(string_view word) {
    std::size_t letters = 0;
    bool dotted = false;
    for (const char c : word) {
        if (c == '.' || c == '-') {
            dotted = dotted || c == '.';
            letters = 0;
        } else if (is_digit(c) || ++letters > 2) {
            return false;
        }
    }
    return dotted;
}

}  // namespace

bool is_abbreviation(string_view before, string_view word, string_view next) {
    if (word.empty()) return false;
    if (word.size() <= 2 && is_digit(word.front()) && is_digit(word.back())) {
        const string_view following = first_word(next);
        return std::find(german_months.begin(), german_months.end(), following) !=
               german_months.end();
    }
    if (is_initial(before, word, next) || is_acronym(word)) {
        const bool latin = word.front() >= 'a';  // "e.g", "i.e", "z.B", "a.m"
        const std::string low = lower(word);
        if (latin && low != "a.m" && low != "p.m") return true;
        return !starts_sentence(next);
    }
    const std::string low = lower(word);
    if (holds(always, low)) return true;
    if (holds(before_number, low)) return !next.empty() && is_digit(next.front());
    return holds(perhaps, low) && !starts_sentence(next);
}

}  // namespace lectern::text
