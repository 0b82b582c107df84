#include "passages/asked_kind.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "text/ascii.hpp"
#include "text/content_words.hpp"
#include "text/language.hpp"
#include "text/question.hpp"
#include "text/word_forms.hpp"
#include "text/wording.hpp"

namespace lectern::passages {
namespace {

using text::Wording;

// "1997", "1990s", a month, a century.
bool is_date(const text::Word& word) {
    const std::string_view folded = word.folded;
    if (!word.number) return text::is_worded(Wording::calendar, folded);
    if (folded.size() < 4 || !std::all_of(folded.begin(), folded.begin() + 4, text::is_digit))
        return false;
    if (folded[0] != '1' && (folded[0] != '2' || folded[1] != '0')) return false;
    return folded.size() == 4 || !text::is_digit(folded[4]);
}

// "March 2019", "the 9th century", and "2019" beside a month.
bool is_nothing_but_a_date(std::string_view passage, Range answer) {
    bool month = false;
    bool number = false;
    bool year = false;
    bool beside = false;  // a month stands before it, or behind
    for (const text::Word& word : text::words(passage)) {
        const bool is_month = text::is_worded(Wording::calendar, word.folded);
        if (word.range.end <= answer.begin) {
            beside = is_month;
        } else if (word.range.begin >= answer.end) {
            beside = beside || is_month;
            break;
        } else {
            if (!word.number && !is_month && !text::is_worded(Wording::asked_article, word.folded))
                return false;
            month = month || is_month;
            number = number || word.number;
            year = year || (word.number && is_date(word));
        }
    }
    return (month && number) || (beside && year);
}

std::string_view with_context(const Candidate& candidate, std::string_view passage) {
    return piece(passage, {candidate.context_begin, candidate.range.end});
}

// The same word, or its plural: of names like "vacuum" and "vacuumdb" the beginning says nothing.
bool is_form_of(std::string_view word, std::string_view asked) {
    if (text::base_form(word) == text::base_form(asked)) return true;
    if (word.size() < asked.size()) std::swap(word, asked);
    if (!word.starts_with(asked)) return false;
    const std::string_view ending = word.substr(asked.size());
    constexpr std::array<std::string_view, 6> endings{"s", "es", "n", "en", "e", "er"};
    return std::find(endings.begin(), endings.end(), ending) != endings.end();
}

bool capital(std::string_view text, const text::Word& word) {
    const std::string_view written = text::prefix(piece(text, word.range), 4);
    return !word.number && text::fold(written) != written;
}

bool is_named(std::string_view text, const text::Word& word) {
    return (word.number || capital(text, word)) && !text::is_stop_word(word.folded);
}

// Words between what is defined and the copula.
constexpr std::size_t most_between = 8;

// "When did", "Who wrote": what happened, has a day and somebody who did it. What happens now and
// then has conditions, and roles ("When is", "Who can").
bool of_the_past(std::string_view auxiliary) {
    constexpr std::array<std::string_view, 5> all{"did", "was", "were", "wurde", "wurden"};
    return std::find(all.begin(), all.end(), auxiliary) != all.end();
}

bool asks_when_it_was(const std::vector<text::Word>& question) {
    return std::any_of(question.begin(), question.end(),
                       [](const text::Word& word) { return of_the_past(word.folded); });
}

bool asks_for_somebody(const std::vector<text::Word>& question) {
    for (std::size_t i = 0; i + 1 < question.size(); ++i) {
        if (!text::is_worded(Wording::person, question[i].folded)) continue;
        const std::string& next = question[i + 1].folded;
        return question[i].folded != "whose" &&
               (!text::is_worded(Wording::auxiliary, next) || of_the_past(next));
    }
    return false;
}

// Hebrew, Arabic, Chinese and all that come after them in Unicode have no capitals, and write
// numbers in signs of their own.
bool of_other_signs(std::string_view word) {
    return !word.empty() && static_cast<unsigned char>(word.front()) >= 0xD7;
}

}  // namespace

AskedKind::AskedKind(std::string_view question)
    : number_(text::asks_for_number(question)),
      date_(text::asks_for_date(question)),
      name_(!number_ && (text::asks_for_person(question) || text::asks_for_place(question))),
      asked_(text::words(question)),
      defined_(text::asked_to_define(question)),
      term_(!defined_.empty() && defined_.size() <= 3 &&
            std::none_of(defined_.begin(), defined_.end(),
                         [](const auto& word) { return text::is_stop_word(word); })) {
    // German writes all nouns with a capital.
    const bool capitals_name = text::guess_language(asked_) != text::Language::german;
    for (const text::Word& word : asked_)
        named_.push_back(is_named(question, word) && (word.number || capitals_name));
    if (!named_.empty()) named_.front() = false;  // its capital says nothing
    number_answers_ = number_ && (!date_ || asks_when_it_was(asked_));
    person_answers_ = text::asks_for_person(question) && asks_for_somebody(asked_);
    const auto has_one = [&](Wording what) {
        return std::any_of(asked_.begin(), asked_.end(), [&](const text::Word& word) {
            return text::is_worded(what, word.folded);
        });
    };
    no_date_answers_ =
        (has_one(Wording::other_asking) || has_one(Wording::person)) && !has_one(Wording::time);
}

bool AskedKind::asked_already(const std::string& folded) const {
    return std::any_of(asked_.begin(), asked_.end(),
                       [&](const text::Word& word) { return word.folded == folded; });
}

double AskedKind::number(const Candidate& candidate, std::string_view passage) const {
    if (!number_) return 0;
    const auto is_of_that_kind = [&](const text::Word& word) {
        return (date_ ? is_date(word) : text::is_number(word)) && !asked_already(word.folded);
    };
    const std::vector<text::Word> words = text::words(with_context(candidate, passage));
    return std::any_of(words.begin(), words.end(), is_of_that_kind) ? 1 : -1;
}

double AskedKind::in(std::string_view passage, Range range) const {
    if (no_date_answers_ && is_nothing_but_a_date(passage, range)) return -1;
    if (!number_answers_ && !person_answers_) return 0;
    const std::string_view answer = piece(passage, range);
    const std::vector<text::Word> words = text::words(answer);
    const auto is_it = [&](const text::Word& word) {
        if (of_other_signs(piece(answer, word.range))) return true;
        if (asked_already(word.folded)) return false;
        if (person_answers_ && capital(answer, word) && !text::is_stop_word(word.folded))
            return true;
        return number_answers_ && (date_ ? is_date(word) : text::is_number(word));
    };
    return std::any_of(words.begin(), words.end(), is_it) ? 1 : -1;
}

bool AskedKind::of_another(std::string_view sentence) const {
    const std::vector<text::Word> words = text::words(sentence);
    const auto has = [&](const text::Word& asked) {
        return std::any_of(words.begin(), words.end(), [&](const text::Word& word) {
            return asked.number ? word.folded == asked.folded
                                : text::same_stem(word.folded, asked.folded);
        });
    };
    // "In Hawaii, Obama …" has no name "Hawaii Obama".
    const auto in_a_row = [&](std::size_t i) {
        const std::size_t end = words[i].range.end;
        return words[i + 1].range.begin == end + 1 &&
               (sentence[end] == ' ' || sentence[end] == '-');
    };
    // Whether the sentence has the neighbour with another name where the question has this one.
    const auto stands_for = [&](std::size_t name, std::size_t neighbour) {
        const std::string& beside = asked_[neighbour].folded;
        if (!named_[name] || text::is_stop_word(beside) || has(asked_[name])) return false;
        // "President Obama" may be Barack Obama: what stands before a name may be a title.
        const bool before = name < neighbour;
        if (before && named_[neighbour] && !asked_[neighbour].number) return false;
        for (std::size_t i = 0; i + 1 < words.size(); ++i) {
            const text::Word& other = words[before ? i : i + 1];
            const text::Word& here = words[before ? i + 1 : i];
            if (here.folded != beside || !in_a_row(i) || !is_named(sentence, other) ||
                other.number != asked_[name].number)
                continue;
            // "They saw BERT. Large models …": a neighbour that is a name has to be one here too.
            if (named_[neighbour] && !is_named(sentence, here)) continue;
            return true;
        }
        return false;
    };
    for (std::size_t i = 1; i + 1 < asked_.size(); ++i)
        if (stands_for(i, i + 1) || stands_for(i + 1, i)) return true;
    return false;
}

bool AskedKind::lacks_term(const Candidate& candidate, const Passage& passage) const {
    if (defined_.empty() || std::any_of(defined_.begin(), defined_.end(),
                                        [](const auto& word) { return text::is_stop_word(word); }))
        return false;
    const auto in = [&](const std::vector<text::Word>& words) {
        return std::search(words.begin(), words.end(), defined_.begin(), defined_.end(),
                           [](const text::Word& word, const std::string& asked) {
                               return text::same_stem(word.folded, asked);
                           }) != words.end();
    };
    return !in(candidate.words) && !in(text::words(passage.title)) &&
           !in(text::words(candidate.heading)) && !in(text::words(passage.text));
}

double AskedKind::name(const Candidate& candidate, std::string_view passage) const {
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

bool AskedKind::is_of(const Candidate& candidate, std::string_view title) const {
    // A title of more than what is asked for is about more.
    const auto is_what_is_asked = [&](std::string_view heading) {
        std::size_t same = 0;
        const std::size_t note = heading.find_first_of("([");  // "port (integer)"
        if (note != std::string_view::npos && note > 0) heading = heading.substr(0, note);
        for (const text::Word& word : text::words(heading)) {
            if (word.number && same == 0) continue;  // "3.5. Window Functions"
            if (text::is_worded(Wording::article, word.folded)) continue;
            if (std::none_of(defined_.begin(), defined_.end(), [&](const std::string& asked) {
                    return is_form_of(word.folded, asked);
                }))
                return false;
            ++same;
        }
        return same > 0 && same + 1 >= defined_.size();
    };
    if (candidate.heading.empty()) return false;
    return is_what_is_asked(candidate.heading) ||
           (text::is_worded(Wording::introduction, text::fold(candidate.heading)) &&
            is_what_is_asked(title));
}

double AskedKind::definition(const Candidate& candidate, std::string_view title) const {
    if (defined_.empty()) return 0;
    const bool of_it = candidate.prose && is_of(candidate, title);
    if (of_it && candidate.first_under_heading) return 1;
    const std::vector<text::Word>& words = candidate.words;
    const auto stands_at = [&](std::size_t at) {
        for (std::size_t i = 0; i < defined_.size(); ++i)
            if (at + i >= words.size() || !is_form_of(words[at + i].folded, defined_[i]))
                return false;
        return true;
    };
    std::size_t at = 0;
    if (!words.empty() && text::is_worded(Wording::article, words[0].folded)) at = 1;
    if (stands_at(at)) {
        const std::size_t behind = at + defined_.size();
        for (std::size_t i = behind; i < std::min(words.size(), behind + most_between); ++i) {
            if (!text::is_worded(Wording::copula, words[i].folded)) continue;
            return i + 1 < words.size() && text::is_worded(Wording::article, words[i + 1].folded)
                       ? 1
                       : 0.5;
        }
        if (!term_) return 0;
        return candidate.prose ? 0.25 : -1;
    }
    // "…, using MVCC, a model that …"
    for (std::size_t i = 1; i + defined_.size() < words.size(); ++i)
        if (term_ && stands_at(i) &&
            text::is_worded(Wording::article, words[i + defined_.size()].folded))
            return 0.5;
    for (std::size_t i = 0; i + 1 < words.size(); ++i)
        if (text::is_worded(Wording::naming, words[i].folded) &&
            (stands_at(i + 1) ||
             (text::is_worded(Wording::article, words[i + 1].folded) && stands_at(i + 2))))
            return 0.5;
    return term_ && !of_it ? -1 : 0;
}

}  // namespace lectern::passages
