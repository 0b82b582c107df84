#include "passages/wanted.hpp"

#include <algorithm>
#include <array>

#include "text/content_words.hpp"
#include "text/question.hpp"

namespace lectern::passages {
namespace {

template <std::size_t count>
bool is_one_of(const std::array<std::string_view, count>& list, std::string_view word) {
    return std::find(list.begin(), list.end(), word) != list.end();
}

bool digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

// "1997", "1990s", a month, a century.
bool is_date(const text::Word& word) {
    constexpr std::array<std::string_view, 44> names{
        "january",  "february",    "march",     "april",    "may",      "june",     "july",
        "august",   "september",   "october",   "november", "december", "century",  "centuries",
        "januar",   "februar",     "märz",      "mai",      "juni",     "juli",     "oktober",
        "dezember", "jahrhundert", "janvier",   "février",  "mars",     "avril",    "juin",
        "juillet",  "août",        "septembre", "octobre",  "novembre", "décembre", "siècle",
        "enero",    "febrero",     "marzo",     "abril",    "mayo",     "junio",    "julio",
        "agosto",   "siglo"};
    const std::string_view folded = word.folded;
    if (!word.number) return is_one_of(names, folded) && folded != "may";
    if (folded.size() < 4 || !std::all_of(folded.begin(), folded.begin() + 4, digit)) return false;
    if (folded[0] != '1' && (folded[0] != '2' || folded[1] != '0')) return false;
    return folded.size() == 4 || !digit(folded[4]);
}

// Figures, and numbers in words. "One" is not among them: it is seldom a count.
bool is_number(const text::Word& word) {
    constexpr std::array<std::string_view, 62> words{
        "two",      "three",     "four",      "five",       "six",      "seven",    "eight",
        "nine",     "ten",       "eleven",    "twelve",     "thirteen", "fourteen", "fifteen",
        "sixteen",  "seventeen", "eighteen",  "nineteen",   "twenty",   "thirty",   "forty",
        "fifty",    "sixty",     "seventy",   "eighty",     "ninety",   "hundred",  "hundreds",
        "thousand", "thousands", "million",   "millions",   "billion",  "billions", "trillion",
        "dozen",    "dozens",    "half",      "twice",      "zwei",     "drei",     "vier",
        "fünf",     "sechs",     "sieben",    "acht",       "neun",     "zehn",     "zwölf",
        "hundert",  "tausend",   "millionen", "milliarden", "deux",     "trois",    "quatre",
        "cinq",     "dix",       "cent",      "mille",      "dos",      "tres"};
    return word.number || is_one_of(words, word.folded);
}

std::string_view with_context(const Candidate& candidate, std::string_view passage) {
    return piece(passage, {candidate.context_begin, candidate.range.end});
}

bool capital(std::string_view text, const text::Word& word) {
    const std::string_view written = text::prefix(piece(text, word.range), 4);
    return !word.number && text::fold(written) != written;
}

// What stands between what is defined and what it is.
constexpr std::array<std::string_view, 27> copulas{
    "is",     "are",       "was", "were", "means", "mean",  "refers",     "refer",    "denotes",
    "stands", "describes", "ist", "sind", "war",   "waren", "bezeichnet", "bedeutet", "est",
    "sont",   "était",     "es",  "son",  "fue",   "era",   "è",          "sono",     "是"};
constexpr std::array<std::string_view, 20> articles{
    "a",   "an",  "the", "one", "any", "for", "to", "ein", "eine", "einer",
    "der", "die", "das", "un",  "une", "le",  "la", "una", "el",   "uno"};
constexpr std::size_t most_between = 8;

}  // namespace

Wanted::Wanted(std::string_view question)
    : number_(text::asks_for_number(question)),
      date_(text::asks_for_date(question)),
      name_(!number_ && (text::asks_for_person(question) || text::asks_for_place(question))),
      reason_(text::asks_for_reason(question)),
      asked_(text::words(question)),
      defined_(text::asked_to_define(question)),
      counted_(text::asked_to_count(question)) {}

bool Wanted::asked_already(const std::string& folded) const {
    return std::any_of(asked_.begin(), asked_.end(),
                       [&](const text::Word& word) { return word.folded == folded; });
}

double Wanted::number(const Candidate& candidate, std::string_view passage) const {
    if (!number_) return 0;
    const auto wanted = [&](const text::Word& word) {
        return (date_ ? is_date(word) : is_number(word)) && !asked_already(word.folded);
    };
    const std::vector<text::Word> words = text::words(with_context(candidate, passage));
    return std::any_of(words.begin(), words.end(), wanted) ? 1 : -1;
}

double Wanted::counted(const Candidate& candidate) const {
    constexpr std::size_t most_between = 3;
    constexpr double elsewhere = -0.3;
    if (counted_.empty()) return 0;
    const std::vector<text::Word>& words = candidate.words;
    double out = -1;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (std::none_of(counted_.begin(), counted_.end(), [&](const std::string& what) {
                return text::same_stem(words[i].folded, what);
            }))
            continue;
        for (std::size_t back = 1; back <= std::min(i, most_between); ++back)
            if (is_number(words[i - back])) return 0;
        out = elsewhere;
    }
    return out;
}

bool Wanted::lacks_term(const Candidate& candidate, const Passage& passage) const {
    if (defined_.empty() || std::any_of(defined_.begin(), defined_.end(),
                                        [](const auto& word) { return text::is_stop_word(word); }))
        return false;
    const auto in = [&](const std::vector<text::Word>& words) {
        return std::search(words.begin(), words.end(), defined_.begin(), defined_.end(),
                           [](const text::Word& word, const std::string& wanted) {
                               return text::same_stem(word.folded, wanted);
                           }) != words.end();
    };
    return !in(candidate.words) && !in(text::words(passage.title)) &&
           !in(text::words(candidate.heading)) && !in(text::words(passage.text));
}

double Wanted::name(const Candidate& candidate, std::string_view passage) const {
    if (!name_) return 0;
    const std::string_view text = with_context(candidate, passage);
    const std::vector<text::Word> words = text::words(text);
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (!capital(text, words[i]) || text::is_stop_word(words[i].folded)) continue;
        if (asked_already(words[i].folded)) continue;
        // The first word of a sentence has a capital in any case: a name when the next has one too.
        if (i > 0 || (words.size() > 1 && capital(text, words[1]))) return 1;
    }
    return -1;
}

double Wanted::definition(const Candidate& candidate) const {
    if (defined_.empty()) return 0;
    const std::vector<text::Word>& words = candidate.words;
    const auto stands_at = [&](std::size_t at) {
        for (std::size_t i = 0; i < defined_.size(); ++i)
            if (at + i >= words.size() || !text::same_stem(words[at + i].folded, defined_[i]))
                return false;
        return true;
    };
    std::size_t at = 0;
    if (!words.empty() && is_one_of(articles, words[0].folded)) at = 1;
    if (stands_at(at)) {
        const std::size_t behind = at + defined_.size();
        for (std::size_t i = behind; i < std::min(words.size(), behind + most_between); ++i) {
            if (!is_one_of(copulas, words[i].folded)) continue;
            return i + 1 < words.size() && is_one_of(articles, words[i + 1].folded) ? 1 : 0.5;
        }
        return 0;
    }
    constexpr std::array<std::string_view, 7> named{"called", "named",   "as",     "termed",
                                                    "heißt",  "genannt", "llamado"};
    for (std::size_t i = 0; i + 1 < words.size(); ++i)
        if (is_one_of(named, words[i].folded) &&
            (stands_at(i + 1) || (is_one_of(articles, words[i + 1].folded) && stands_at(i + 2))))
            return 0.5;
    return 0;
}

double Wanted::reason(const Candidate& candidate) const {
    if (!reason_) return 0;
    constexpr std::array<std::string_view, 17> signs{
        "because", "reason", "reasons", "therefore", "cause", "caused",  "causes", "due",   "owing",
        "weil",    "denn",   "deshalb", "daher",     "grund", "puisque", "porque", "perché"};
    const std::vector<text::Word>& words = candidate.words;
    for (const text::Word& word : words)
        if (is_one_of(signs, word.folded)) return 1;
    return 0;
}

}  // namespace lectern::passages
