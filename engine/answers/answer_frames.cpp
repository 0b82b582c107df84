#include "engine/answers/answer_frames.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "engine/answers/question_parts.hpp"
#include "engine/answers/verifier.hpp"
#include "text/ascii.hpp"
#include "text/content_words.hpp"
#include "text/language.hpp"
#include "text/question.hpp"
#include "text/word_forms.hpp"
#include "text/wording.hpp"

namespace lectern {
namespace {

using text::Wording;

constexpr std::array<std::string_view, 12> prepositions{
    "in", "on", "at", "for", "with", "by", "from", "to", "of", "since", "about", "under"};

bool is_preposition(std::string_view folded) {
    return std::find(prepositions.begin(), prepositions.end(), folded) != prepositions.end();
}

std::string first_word(std::string_view text) {
    const auto words = text::words(text);
    return words.empty() ? std::string() : words.front().folded;
}

bool begins_a_noun(std::string_view folded) {
    constexpr std::array<std::string_view, 16> determiners{
        "the", "a",   "an",  "this", "that", "these", "those", "its",
        "our", "his", "her", "your", "my",   "each",  "every", "their"};
    return std::find(determiners.begin(), determiners.end(), folded) != determiners.end();
}

std::string joined(std::initializer_list<std::string_view> parts) {
    std::string out;
    for (const std::string_view part : parts) {
        if (part.empty()) continue;
        if (!out.empty()) out.push_back(' ');
        out += part;
    }
    return out;
}

// "controls", "uses", "has", "carries"
std::string third_person(std::string_view verb) {
    if (verb == "have") return "has";
    std::string out(verb);
    if (out.size() > 2 && out.ends_with("y") &&
        std::string_view("aeiou").find(out[out.size() - 2]) == std::string_view::npos)
        return out.replace(out.size() - 1, 1, "ies");
    for (const std::string_view ending : {"s", "sh", "ch", "x", "z", "o"})
        if (out.ends_with(ending)) return out + "es";
    return out + "s";
}

// The verb of "does X …", as a sentence has it.
std::string conjugated(std::string_view auxiliary, std::string_view verb) {
    if (auxiliary == "did") return verb == "have" ? "had" : text::past_form(verb);
    return auxiliary == "does" ? third_person(verb) : std::string(verb);
}

// In the evidence a form of "to be" stands before the answer, or the answer begins as what a thing
// is does.
bool says_what_it_is(std::string_view evidence, std::string_view answer) {
    constexpr std::array<std::string_view, 5> articles{"a", "an", "the", "one", "any"};
    const std::string first = first_word(answer);
    if (std::find(articles.begin(), articles.end(), first) != articles.end()) return true;
    const std::size_t at = evidence.find(answer);
    if (at == std::string_view::npos) return false;
    const std::string_view start = evidence.substr(0, at);
    if (start.ends_with(": ")) return true;  // "It has three steps: score, normalise and average."
    const auto before = text::words(start);
    return !before.empty() && text::is_worded(Wording::copula, before.back().folded);
}

bool has_word(std::string_view text, std::string_view sought) {
    const auto words = text::words(text);
    return std::any_of(words.begin(), words.end(), [&](const text::Word& word) {
        return text::same_stem(word.folded, text::fold(sought));
    });
}

// "parameters" of "how many parameters"
std::string_view counted_noun(const QuestionParts& parts) {
    if (parts.asking == 0 || parts.terms[parts.word].folded != "how" || !parts.asks_with_noun())
        return {};
    const std::string& many = parts.terms[parts.word + 1].folded;
    if (many != "many" && many != "much") return {};
    return parts.piece(parts.word + 2, parts.asking);
}

std::string_view last_word(std::string_view text) {
    return text.substr(text.rfind(' ') + 1);
}

// Where, in the words behind a number, what `noun` says ends. Between a number and what it counts
// stands no other: of "12 attention heads and 110 million parameters" 12 are the heads, and not the
// parameters.
std::optional<std::size_t> end_of_counted(std::string_view noun,
                                          std::span<const text::Word> behind) {
    const std::string folded_noun = text::fold(noun);
    for (const text::Word& word : behind) {
        if (text::same_stem(word.folded, folded_noun)) return word.range.end;
        if (text::is_number(word)) return {};
    }
    return {};
}

struct Number {
    text::Range range;                    // "110 million"
    std::optional<std::size_t> noun_end;  // it counts what is asked for, which ends here
};

std::vector<Number> numbers_in(std::string_view text, std::string_view noun) {
    const std::vector<text::Word> words = text::words(text);
    std::vector<Number> out;
    for (std::size_t first = 0, end = 0; first < words.size(); first = end) {
        end = first + 1;
        if (!text::is_number(words[first])) continue;
        while (end < words.size() && text::is_number(words[end])) ++end;
        out.push_back({{words[first].range.begin, words[end - 1].range.end},
                       end_of_counted(noun, std::span(words).subspan(end))});
    }
    return out;
}

// The one that counts what is asked for: nullptr where none does, or several.
const Number* only_counting(std::span<const Number> numbers) {
    const Number* out = nullptr;
    for (const Number& number : numbers) {
        if (!number.noun_end) continue;
        if (out != nullptr) return nullptr;
        out = &number;
    }
    return out;
}

// The word right behind a byte, folded, when it says something: "metres" of "42 metres", and
// nothing of "in 1913 and" or "is 12, at".
std::string word_next_to(std::string_view text, std::size_t at) {
    if (at >= text.size() || text[at] != ' ') return {};
    const auto words = text::words(text.substr(at));
    if (words.empty() || words.front().range.begin != 1 || text::is_stop_word(words.front().folded))
        return {};
    return words.front().folded;
}

// Whether the answer is the number of `noun` in the evidence.
bool is_number_of(std::string_view noun, std::string_view evidence, std::string_view answer) {
    const std::vector<text::Word> all = text::words(evidence);
    const std::span<const text::Word> words = all;
    for (std::size_t at = evidence.find(answer); at != std::string_view::npos;
         at = evidence.find(answer, at + 1)) {
        const auto from = [&](std::size_t byte) {
            return static_cast<std::size_t>(
                std::find_if(all.begin(), all.end(),
                             [&](const text::Word& word) { return word.range.begin >= byte; }) -
                all.begin());
        };
        const auto before = words.first(from(at));
        const auto behind = words.subspan(from(at + answer.size()));
        if (end_of_counted(noun, behind)) return true;
        // "The number of layers is 12.": what stands next to it would be what it counts.
        if (std::none_of(before.begin(), before.end(), text::is_number) &&
            std::none_of(behind.begin(), behind.end(), text::is_number) &&
            word_next_to(evidence, at + answer.size()).empty())
            return true;
    }
    return false;
}

// Words behind the answer that tell more of it: a preposition and, up to the next mark, at most
// four others.
std::string what_follows(std::string_view rest) {
    constexpr std::size_t most = 5;
    if (!rest.starts_with(' ')) return {};
    rest = rest.substr(1, rest.find_first_of(".,;:()[]<>\"\n", 1) - 1);
    const auto words = text::words(rest);
    if (words.size() < 2 || words.size() > most || !is_preposition(words.front().folded)) return {};
    return std::string(rest.substr(0, words.back().range.end));
}

// Whether the clause around the answer denies something: all before it, and up to the next mark
// behind it ("2018 is not when it began"). What the answer itself denies it says.
bool is_denied(std::string_view evidence, std::size_t at, std::size_t end) {
    const std::string_view rest = evidence.substr(end);
    return negates(evidence.substr(0, at)) || negates(rest.substr(0, rest.find_first_of(",;:.")));
}

// Of an answer with several numbers the one that counts what is asked for, with its noun. Nothing
// where there is one number only, or where several count it.
std::optional<text::Range> counted(std::string_view noun, std::string_view answer) {
    const std::vector<Number> numbers = numbers_in(answer, noun);
    const Number* const one = only_counting(numbers);
    if (numbers.size() < 2 || one == nullptr) return {};
    return text::Range{one->range.begin, *one->noun_end};
}

class Framer {
 public:
    Framer(std::string_view question, std::string_view evidence, std::string_view answer)
        : parts_(question), evidence_(evidence), answer_(answer) {
        date_ = text::asks_for_date(question);
        place_ = !date_ && text::asks_for_place(question);
    }

    std::vector<Frame> frames() {
        if (parts_.asking == 0) {
            if (parts_.auxiliary) yes_or_no();
            return std::move(out_);
        }
        word_ = parts_.terms[parts_.word].folded;
        if (word_ == "why" || (word_ == "how" && !parts_.asks_with_noun())) return {};
        if (parts_.asks_for_subject())
            subject();
        else if (!parts_.phrases.empty() && parts_.phrases.front().first == parts_.asking + 1)
            object();
        return std::move(out_);
    }

 private:
    void add(std::string before, std::string after = {}) {
        if (out_.size() < 6) out_.push_back({std::move(before), std::move(after)});
    }

    // What answers stands right behind what is asked about and begins with its verb: "RAG, [lets a
    // model answer]". Nothing else but the subject goes before it.
    [[nodiscard]] bool is_predicate(std::string_view subject) const {
        std::string_view before = evidence_.substr(0, evidence_.find(answer_));
        if (!before.ends_with(' ')) return false;
        // "Retrieval-augmented generation, RAG, lets …", but not "RAG, short for …".
        if (before.ends_with(", ") && std::count(before.begin(), before.end(), ',') % 2 != 0)
            return false;
        before = before.substr(0, before.find_last_not_of(" ,") + 1);
        const auto words = text::words(before);
        const auto subject_words = text::words(subject);
        const auto first = text::words(answer_);
        if (words.empty() || subject_words.empty() || first.empty() || first.front().number)
            return false;
        const std::string& word = first.front().folded;
        const bool capital = answer_.front() >= 'A' && answer_.front() <= 'Z';
        return words.back().folded == subject_words.back().folded &&
               words.back().range.end == before.size() && !capital && !begins_a_noun(word) &&
               !is_preposition(word) && !text::is_worded(Wording::figure, word) &&
               !text::is_worded(Wording::copula, word) &&
               !text::is_worded(Wording::conjunction, word);
    }

    // By its looks: "lets a model answer".
    [[nodiscard]] bool begins_with_a_verb() const {
        const std::string first = first_word(answer_);
        return first.size() > 2 && first.ends_with("s") && !first.ends_with("ss");
    }

    // "the budget of the Vega project", of "Vega has a budget of [4 million euros]".
    [[nodiscard]] bool has_one_of(std::string_view name) const {
        const std::size_t of = name.find(" of ");
        const auto before = text::words(evidence_.substr(0, evidence_.find(answer_)));
        return of != std::string_view::npos && before.size() > 1 && before.back().folded == "of" &&
               text::same_stem(before[before.size() - 2].folded,
                               text::fold(last_word(name.substr(0, of))));
    }

    // A word of `said` that carries content stands in the answer too: the answer is a clause of its
    // own, and said twice.
    [[nodiscard]] bool says_again(std::string_view said) const {
        const auto words = text::words(said);
        return std::any_of(words.begin(), words.end(), [&](const text::Word& word) {
            return !text::is_stop_word(word.folded) && has_word(answer_, word.folded);
        });
    }

    // "42" of "42 metres" is another number without the metres.
    [[nodiscard]] bool lacks_its_unit() const {
        const std::string_view last = last_word(answer_);  // "GPT-2" is a name
        if (last.empty() ||
            !(text::is_digit(last.front()) || text::is_worded(Wording::figure, text::fold(last))))
            return false;
        return !word_next_to(evidence_, evidence_.find(answer_) + answer_.size()).empty();
    }

    // "Does a GRU have a memory cell?", of "It has two gates, and no memory cell.": the evidence
    // must have the question's verb, and what answers must be the verb's object and about the same.
    void yes_or_no() {
        if (parts_.phrases.empty() || parts_.phrases.front().first != 1) return;
        const std::string& auxiliary = parts_.terms[0].folded;
        const Phrase& subject = parts_.phrases.front();
        if ((auxiliary != "do" && auxiliary != "does" && auxiliary != "did") ||
            subject.end + 1 >= parts_.terms.size())
            return;
        const std::string& verb = parts_.terms[subject.end].folded;
        const std::string_view object = parts_.piece(subject.end + 1, parts_.terms.size());
        const auto asked = text::words(object);
        const bool about_it = std::any_of(asked.begin(), asked.end(), [&](const text::Word& word) {
            return !text::is_stop_word(word.folded) && has_word(answer_, word.folded);
        });
        const auto before = text::words(evidence_.substr(0, evidence_.find(answer_)));
        const auto said = std::find_if(before.begin(), before.end(), [&](const text::Word& word) {
            return text::same_stem(word.folded, verb) || word.folded == conjugated(auxiliary, verb);
        });
        if (!about_it || said == before.end()) return;
        const std::string first = first_word(answer_);
        const bool next_to_it = said + 1 == before.end();
        const bool listed = text::is_worded(Wording::conjunction, before.back().folded) &&
                            (first == "no" || begins_a_noun(first));
        if (next_to_it || listed) add(joined({parts_.piece(subject), conjugated(auxiliary, verb)}));
    }

    // "Who invented the LSTM?": the answer takes the place of the question word.
    void subject() {
        if (word_ != "who" && word_ != "what" && word_ != "which") return;
        std::string_view rest = parts_.piece(parts_.asking, parts_.terms.size());
        if (rest.empty() || lacks_its_unit()) return;
        // "What raises the tides?", "What distinguishes WordPiece from BPE?": the verb was taken
        // for the noun that is asked for.
        if (begins_a_noun(first_word(rest)) ||
            (parts_.asks_with_noun() && parts_.terms[parts_.asking].name))
            rest = parts_.piece(parts_.word + 1, parts_.terms.size());
        if (says_again(rest)) return;
        if (rest.size() > parts_.piece(parts_.asking, parts_.terms.size()).size())
            return add({}, std::string(rest));
        const bool inner = std::any_of(
            parts_.terms.begin() + static_cast<std::ptrdiff_t>(parts_.asking), parts_.terms.end(),
            [](const Term& term) {
                return term.folded == "do" || term.folded == "does" || term.folded == "did";
            });
        if (inner) return;  // "What share of the tokens does BERT choose?"
        const std::size_t verb = parts_.asking;
        const std::string& done = parts_.terms[verb].folded;
        if (word_ == "who" && done.ends_with("ed") && !parts_.phrases.empty() &&
            parts_.phrases.front().first == verb + 1)
            add(joined({parts_.piece(verb + 1, parts_.terms.size()),
                        parts_.phrases.front().plural ? "were" : "was",
                        parts_.piece(verb, verb + 1), "by"}));
        add({}, std::string(rest));
    }

    void object() {
        const Phrase& subject = parts_.phrases.front();
        const std::string& auxiliary = parts_.terms[parts_.asking].folded;
        const std::string_view name = parts_.piece(subject);
        if (answer_.starts_with(name) || name.ends_with("ly") ||
            (word_ == "which" && !parts_.asks_with_noun()))
            return;
        const bool be =
            auxiliary == "is" || auxiliary == "are" || auxiliary == "was" || auxiliary == "were";
        if (be) {
            is(name, auxiliary, parts_.piece(subject.end, parts_.terms.size()));
        } else if (auxiliary == "do" || auxiliary == "does" || auxiliary == "did") {
            if (subject.end >= parts_.terms.size()) return;
            const Term& verb = parts_.terms[subject.end];
            const bool whole = subject.end + 1 == parts_.terms.size();
            if (is_predicate(name)) {  // "What does RAG do?"
                if (verb.folded == "do" && whole && begins_with_a_verb()) add(std::string(name));
                return;
            }
            if ((verb.stop && verb.folded != "have") || verb.number || verb.name) return;
            does(name, conjugated(auxiliary, parts_.terms[subject.end].folded),
                 parts_.piece(subject.end + 1, parts_.terms.size()));
        }
    }

    void is(std::string_view name, std::string_view auxiliary, std::string_view rest) {
        if (date_ || place_) return when_or_where(joined({name, auxiliary, rest}));
        if (lacks_its_unit()) return;
        if (word_ == "how") {
            // "How tall is it?"
            const std::string_view adjective = parts_.piece(parts_.word + 1, parts_.word + 2);
            constexpr std::array<std::string_view, 6> of_measure{"old",  "tall", "long",
                                                                 "high", "deep", "wide"};
            if (std::find(of_measure.begin(), of_measure.end(), adjective) != of_measure.end())
                add(joined({name, auxiliary, rest}), std::string(adjective));
            add(joined({name, auxiliary, rest}));
            return;
        }
        // "What is the difference between them?"
        const bool within = is_preposition(first_word(rest)) || first_word(rest) == "between";
        const bool definition = (rest.empty() || within) && !parts_.asks_with_noun();
        if (definition && rest.empty() && is_predicate(name) && begins_with_a_verb())
            return add(std::string(name));
        if (definition && !says_what_it_is(evidence_, answer_) && !has_one_of(name)) return;
        if (definition)
            add(joined({name, rest, auxiliary}));
        else
            add(joined({name, auxiliary, rest}));
    }

    void does(std::string_view name, const std::string& verb, std::string_view rest) {
        if (date_ || place_) return when_or_where(joined({name, verb, rest}));
        const std::string noun(counted_noun(parts_));
        const bool named = noun.empty() || has_word(answer_, last_word(noun));
        if (noun.empty() ? lacks_its_unit()
                         : !named && !is_number_of(last_word(noun), evidence_, answer_))
            return;
        // "What share of the tokens does BERT choose?"
        const std::string_view asked = parts_.piece(parts_.word + 1, parts_.asking);
        const std::size_t of = asked.find(" of ");
        const std::string_view whole =
            noun.empty() && of != std::string_view::npos && !has_word(answer_, last_word(asked))
                ? asked.substr(of + 1)
                : std::string_view();
        // "Which port does it listen on?"
        const auto last = text::words(rest);
        if (!last.empty() && is_preposition(last.back().folded))
            return add(joined({name, verb, rest}), named ? std::string() : noun);
        add(joined({name, verb}), joined({named ? whole : std::string_view(noun), rest}));
    }

    void when_or_where(const std::string& said) {
        if (is_preposition(first_word(answer_))) return add(said);
        if (parts_.word > 0) {  // "Since when", "In which year"
            const std::string before = text::fold(parts_.piece(0, parts_.word));
            return add(joined({said, before}));
        }
        const bool year =
            answer_.size() == 4 && std::all_of(answer_.begin(), answer_.end(), text::is_digit);
        if (year) return add(joined({said, "in"}));
        for (const std::string_view preposition : {"in", date_ ? "on" : "at"})
            add(joined({said, preposition}));
    }

    const QuestionParts parts_;
    const std::string_view evidence_;
    const std::string_view answer_;
    bool date_ = false;
    bool place_ = false;
    std::string word_;
    std::vector<Frame> out_;
};

// "It merges the pair that …", which is a sentence and no part of one; for a place "the Okapi
// system of City University", where it is asked of Okapi.
bool leans_or_repeats(std::string_view question, std::string_view answer) {
    const std::vector<text::Word> words = text::words(answer);
    if (!words.empty() && text::is_worded(Wording::pronoun, words.front().folded)) return true;
    if (!text::asks_for_place(question)) return false;
    const std::vector<text::Word> asked = text::words(question);
    return std::any_of(words.begin(), words.end(), [&](const text::Word& word) {
        return !text::is_stop_word(word.folded) &&
               std::any_of(asked.begin(), asked.end(),
                           [&](const text::Word& one) { return one.folded == word.folded; });
    });
}

}  // namespace

std::vector<Frame> answer_frames(std::string_view question, std::string_view evidence,
                                 std::string_view answer) {
    const std::string all = std::string(question) + "\n" + std::string(evidence);
    std::vector<text::Word> words = text::words(all);
    // A little word of Portuguese, and of many English questions: it would decide of a short one.
    std::erase_if(words, [](const text::Word& word) { return word.folded == "do"; });
    if (text::guess_language(words) != text::Language::english) return {};
    const std::size_t at = evidence.find(answer);
    if (leans_or_repeats(question, answer)) return {};
    if (at == std::string_view::npos || negates(question) ||
        is_denied(evidence, at, at + answer.size()))
        return {};
    std::vector<Frame> out = Framer(question, evidence, answer).frames();
    // "by Anna Veld", and, as the evidence goes on, "in 1874".
    if (const std::string more = what_follows(evidence.substr(at + answer.size())); !more.empty())
        for (std::size_t i = out.size(); i > 0; --i)
            if (out[i - 1].after.empty()) out.push_back({out[i - 1].before, more});
    return out;
}

std::optional<text::Range> other_number(std::string_view question, std::string_view evidence,
                                        std::string_view answer) {
    const QuestionParts parts(question);
    const std::string_view noun = last_word(counted_noun(parts));
    if (noun.empty()) return {};
    if (has_word(answer, noun)) {
        // "12 heads and 110 million parameters" counts more than is asked for.
        const std::size_t at = evidence.find(answer);
        const std::optional<text::Range> found = counted(noun, answer);
        if (at == std::string_view::npos || !found || found->end - found->begin == answer.size())
            return {};
        return text::Range{at + found->begin, at + found->end};
    }
    if (is_number_of(noun, evidence, answer)) return {};
    const std::vector<Number> numbers = numbers_in(evidence, noun);
    const Number* const one = only_counting(numbers);
    if (one == nullptr) return {};
    return one->range;
}

std::string whole_answer(std::string_view question, std::string_view evidence,
                         std::string_view answer) {
    if (text::asks_for_person(question))
        for (const Names& names : names_in(evidence)) {
            const bool one =
                std::find(names.each.begin(), names.each.end(), answer) != names.each.end();
            if (one && evidence.find(names.together) != std::string_view::npos)
                return names.together;
        }
    return std::string(answer);
}

std::string framed(const Frame& frame, std::string_view answer) {
    return joined({frame.before, answer, frame.after}) + ".";
}

}  // namespace lectern
