#include "engine/answers/conversation.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>

#include "engine/answers/question_parts.hpp"
#include "text/ascii.hpp"
#include "text/content_words.hpp"
#include "text/question.hpp"
#include "text/text.hpp"

namespace lectern {
namespace {

using text::Wording;

constexpr std::size_t most_turns = 8;
constexpr std::size_t most_readings = 4;

// ------------------------------------------------------------------ small text

std::string_view trimmed(std::string_view text) {
    const std::size_t begin = text.find_first_not_of(" \t\r\n,;:");
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(" \t\r\n,;:") - begin + 1);
}

std::string as_question(std::string_view text) {
    std::string out = text::with_capital(trimmed(text));
    if (!out.empty()) out.push_back('?');
    return out;
}

// An answer without its marks.
std::string without_marks(std::string_view answer) {
    std::string out;
    for (std::size_t at = 0; at < answer.size();) {
        const std::size_t close = answer[at] == '[' ? answer.find(']', at) : std::string_view::npos;
        if (close != std::string_view::npos &&
            answer.substr(at + 1, close - at - 1).find_first_not_of("0123456789, ") ==
                std::string_view::npos) {
            while (!out.empty() && out.back() == ' ') out.pop_back();
            at = close + 1;
        } else {
            out.push_back(answer[at++]);
        }
    }
    return out;
}

std::string first_sentence(std::string_view text) {
    const auto ranges = text::sentences(text);
    return ranges.empty()
               ? std::string()
               : std::string(text.substr(ranges[0].begin, ranges[0].end - ranges[0].begin));
}

std::string spaced(const std::vector<Term>& terms, std::size_t from) {
    std::string out = " ";
    for (std::size_t i = from; i < terms.size(); ++i) out += terms[i].folded + " ";
    return out;
}

void add_new(std::vector<std::string>& to, std::string one) {
    if (!one.empty() && std::find(to.begin(), to.end(), one) == to.end())
        to.push_back(std::move(one));
}

bool is_year(const Term& term) {
    return term.number && term.folded.size() == 4 &&
           (term.folded[0] == '1' || term.folded.starts_with("20"));
}

std::string year_in(std::string_view text) {
    for (const Term& term : terms_of(text))
        if (is_year(term)) return term.folded;
    return {};
}

// "What's", "they're"
std::string expanded(std::string_view question) {
    std::string out(question);
    constexpr std::array<std::string_view, 9> words{"what",  "who",  "where", "when", "how",
                                                    "which", "that", "it",    "he"};
    for (const std::string_view mark : {"'s", "\u2019s"})
        for (std::size_t at = out.find(mark); at != std::string::npos;
             at = out.find(mark, at + 1)) {
            std::size_t begin = at;
            while (begin > 0 && out[begin - 1] != ' ') --begin;
            const std::string before = text::fold(std::string_view(out).substr(begin, at - begin));
            const std::size_t end = at + mark.size();
            if (std::find(words.begin(), words.end(), before) != words.end() &&
                (end == out.size() || out[end] == ' '))
                out.replace(at, mark.size(), " is");
        }
    return out;
}

// ------------------------------------------------------------------ what came before

struct Before {
    explicit Before(const Turn& turn)
        : question(turn.question), answer(without_marks(turn.answer)) {
        const std::string sentence = first_sentence(answer);
        const std::string asked = text::fold(question.text);
        asks_person = text::asks_for_person(turn.question);
        for (Names& names : names_in(sentence)) {
            std::erase_if(names.each, [&](const std::string& name) {
                return asked.find(text::fold(name)) != std::string::npos;
            });
            if (names.each.empty()) continue;
            if (asked.find(text::fold(names.together)) != std::string::npos) continue;
            if (names.each.size() == 1) names.together = names.each.front();
            answered.push_back(std::move(names));
        }
        year = year_in(sentence);
        if (year.empty()) year = year_in(question.text);
    }

    [[nodiscard]] std::string piece(const Phrase& phrase) const {
        return std::string(question.piece(phrase));
    }
    // What the question is about: with names first.
    [[nodiscard]] std::vector<std::string> topics(bool persons) const {
        std::vector<std::string> out;
        for (const bool named : {true, false})
            for (const Phrase& phrase : question.phrases) {
                const std::string one = piece(phrase);
                if (phrase.end == phrase.first + 1 && question.terms[phrase.first].number) continue;
                if (phrase.name == named && (persons || looks_like_a_person(one) < 2))
                    add_new(out, one);
            }
        return out;
    }
    // One thing of "the side effects of ibuprofen".
    [[nodiscard]] std::vector<std::string> single_topics() const {
        std::vector<std::string> out;
        for (std::string& topic : topics(false)) {
            const auto phrase =
                std::find_if(question.phrases.begin(), question.phrases.end(),
                             [&](const Phrase& one) { return piece(one) == topic; });
            const std::size_t of = topic.rfind(" of ");
            if (phrase != question.phrases.end() && phrase->plural && of != std::string::npos)
                topic.erase(0, of + 4);
            add_new(out, std::move(topic));
        }
        return out;
    }
    // "the port of the server", after "Which port does the server listen on?".
    [[nodiscard]] std::string what_is_asked_for() const {
        const auto about = topics(false);
        std::string out = "the ";
        out += question.piece(question.word + 1, question.asking);
        if (!about.empty()) out += " of " + about.front();
        return out;
    }
    // "Which text did Markov study?", "What did Shannon publish?": its answer names a thing.
    [[nodiscard]] bool asks_thing() const {
        if (asks_person || question.asking == 0) return false;
        const std::string& word = question.terms[question.word].folded;
        const bool what = word == "which" || word == "what" || word == "was" ||
                          word.starts_with("welch") || word.starts_with("quel");
        return what &&
               (question.asks_with_noun() || question.asks_for_subject() ||
                (question.auxiliary && question.terms[question.asking].folded.starts_with("d")));
    }

    QuestionParts question;
    std::string answer;
    bool asks_person = false;
    std::vector<Names> answered;  // that the answer brings in
    std::string year;
};

enum class Kind { person, thing, plural, year, place };

// What a word of this kind may stand for, the likeliest first.
std::vector<std::string> meant(Kind kind, const Before& before) {
    std::vector<std::string> out;
    const auto persons_answered = [&] {
        for (const Names& names : before.answered)
            if (looks_like_a_person(names.each.front()) > 0) {
                if (kind == Kind::plural) return add_new(out, names.together);
                for (const std::string& name : names.each) add_new(out, name);
                return;
            }
    };
    const auto persons_asked = [&] {
        for (const int likely : {2, 1})
            for (const Names& names : names_in(before.question.text))
                for (const std::string& name : names.each)
                    if (looks_like_a_person(name) == likely) add_new(out, name);
    };
    const auto things_answered = [&] {
        for (const bool person : {false, true})
            for (const Names& names : before.answered)
                if ((looks_like_a_person(names.each.front()) == 2) == person && !names.owner)
                    add_new(out, names.each.front());
    };
    const auto all = [&](const std::vector<std::string>& some) {
        for (const std::string& one : some) add_new(out, one);
    };
    switch (kind) {
        case Kind::person:
            if (before.asks_person) persons_answered();
            persons_asked();
            if (!before.asks_person) persons_answered();
            break;
        case Kind::plural:
            if (before.asks_person) persons_answered();
            for (const Phrase& phrase : before.question.phrases)
                if (phrase.plural) add_new(out, before.piece(phrase));
            if (!before.asks_person)
                for (const Names& names : before.answered)
                    if (names.each.size() > 1) add_new(out, names.together);
            if (out.empty()) all(before.topics(true));
            break;
        case Kind::thing:
            if (before.asks_thing()) things_answered();
            if (before.question.asks_with_noun() && before.asks_thing())
                add_new(out, before.what_is_asked_for());
            all(before.single_topics());
            if (out.empty()) all(before.topics(true));
            if (out.empty()) things_answered();
            break;
        case Kind::place:
            if (text::asks_for_place(before.question.text))
                for (const Names& names : before.answered) add_new(out, names.together);
            if (out.empty()) all(before.topics(false));
            break;
        case Kind::year: add_new(out, before.year); break;
    }
    if (out.size() > 3) out.resize(3);
    return out;
}

std::vector<std::string> meant(Kind kind, std::span<const Before> history) {
    for (std::size_t i = history.size(); i > 0; --i)
        if (auto out = meant(kind, history[i - 1]); !out.empty()) return out;
    return {};
}

// ------------------------------------------------------------------ words that lean

struct Leaning {
    std::size_t first = 0;  // terms
    std::size_t end = 0;
    Kind kind = Kind::thing;
    bool possessive = false;
};

bool content(const QuestionParts& parts, std::size_t i) {
    return i < parts.terms.size() && !parts.terms[i].stop && !parts.terms[i].auxiliary;
}

bool worded(const QuestionParts& parts, std::size_t i, Wording what) {
    return i < parts.terms.size() && text::is_worded(what, parts.terms[i].folded);
}

bool is_a_do(const Term& term) {
    return term.folded == "do" || term.folded == "did" || term.folded == "done" ||
           term.folded == "does" || term.folded == "doing";
}

// "How long does it take to …", "Is it true that …": stands for nothing.
bool is_empty_it(const QuestionParts& parts, std::size_t at) {
    constexpr std::array<std::string_view, 8> verbs{"take",  "takes", "is",   "was",
                                                    "makes", "make",  "mean", "gibt"};
    const auto in = [&](std::size_t i) {
        return i < parts.terms.size() &&
               std::find(verbs.begin(), verbs.end(), parts.terms[i].folded) != verbs.end();
    };
    if (at > 0 && parts.terms[at - 1].folded == "gibt") return true;
    if (!(at > 0 && in(at - 1)) && !in(at + 1)) return false;
    for (std::size_t i = at + 1; i < parts.terms.size(); ++i) {
        if (parts.terms[i].folded == "that") return true;
        if (parts.terms[i].folded == "to" && content(parts, i + 1) && !parts.terms[i + 1].name)
            return true;
    }
    return false;
}

// Something before it in the same question may be what it stands for.
bool stands_for_something_here(const QuestionParts& parts, std::size_t at, bool possessive) {
    constexpr std::array<std::string_view, 14> clauses{
        "when",  "if",     "because", "while", "that", "which", "who",
        "after", "before", "until",   "once",  "and",  "so",    "although"};
    const bool in_what_asks =
        parts.asks_with_noun() && parts.asks_for_subject() && at >= parts.asking;
    if (possessive && in_what_asks) return true;
    for (const Phrase& phrase : parts.phrases) {
        if (phrase.end > at) break;
        if (possessive) return true;
        for (std::size_t i = phrase.end; i < at; ++i)
            if (std::find(clauses.begin(), clauses.end(), parts.terms[i].folded) != clauses.end())
                return true;
    }
    return false;
}

std::optional<Leaning> pronoun(const QuestionParts& parts, std::size_t i) {
    const bool before_noun = content(parts, i + 1) && !parts.terms[i + 1].number;
    constexpr std::array<std::pair<Wording, Kind>, 3> owners{
        {{Wording::person_possessive, Kind::person},
         {Wording::thing_possessive, Kind::thing},
         {Wording::plural_possessive, Kind::plural}}};
    // "his other novels"; "her" alone is no owner.
    const bool other = i + 1 < parts.terms.size() &&
                       (parts.terms[i + 1].folded == "other" || parts.terms[i + 1].folded == "own");
    if ((before_noun || other) && i > 0)
        for (const auto& [wording, kind] : owners)
            if (worded(parts, i, wording) && !stands_for_something_here(parts, i, true))
                return Leaning{i, i + 1, kind, true};
    constexpr std::array<std::pair<Wording, Kind>, 3> others{
        {{Wording::person_pronoun, Kind::person},
         {Wording::thing_pronoun, Kind::thing},
         {Wording::plural_pronoun, Kind::plural}}};
    for (const auto& [wording, kind] : others) {
        if (!worded(parts, i, wording)) continue;
        if (kind == Kind::thing && is_empty_it(parts, i)) return {};
        if (stands_for_something_here(parts, i, false)) return {};
        return Leaning{i, i + 1, kind, false};
    }
    return {};
}

// "this paper", "that", "those": not the "that" of "a word that means".
std::optional<Leaning> demonstrative(const QuestionParts& parts, std::size_t i) {
    if (!worded(parts, i, Wording::demonstrative) || i == 0) return {};
    if (content(parts, i - 1) && parts.asking < i) return {};
    const bool many = parts.terms[i].folded == "these" || parts.terms[i].folded == "those";
    Leaning out{i, i + 1, many ? Kind::plural : Kind::thing, false};
    if (!content(parts, i + 1)) {
        if (i + 1 < parts.terms.size() && parts.terms[i].folded == "that" &&
            !parts.terms[i + 1].auxiliary && !parts.terms[i - 1].auxiliary)
            return {};  // a clause begins
        return out;
    }
    out.end = i + 2;
    const bool does = parts.auxiliary && parts.terms[parts.asking].folded.starts_with("d");
    const bool is_done = parts.terms[i + 1].folded.ends_with("ed");
    if (is_done) out.end = i + 1;
    if (!does && !is_done && content(parts, i + 2) && !parts.terms[i + 2].folded.ends_with("ed") &&
        !parts.terms[i + 2].name)
        out.end = i + 3;
    if (parts.terms[out.end - 1].folded.ends_with("s") && many) out.kind = Kind::plural;
    return out;
}

std::vector<Leaning> leaning_words(const QuestionParts& parts) {
    std::vector<Leaning> out;
    for (std::size_t i = 0; i < parts.terms.size(); ++i) {
        const std::string rest = spaced(parts.terms, i);
        const std::size_t year = text::begins_worded(Wording::that_year, rest);
        const bool last = i + std::max<std::size_t>(year, 1) == parts.terms.size();
        if (year > 1 || (year == 1 && last && i > 1)) {
            const bool in = i > 0 && parts.terms[i - 1].folded == "in";
            out.push_back({in ? i - 1 : i, i + year, Kind::year, false});
            i += year - 1;
            continue;
        }
        if (worded(parts, i, Wording::that_place) && last && i > 1) {
            out.push_back({i, i + 1, Kind::place, false});
            continue;
        }
        auto found = pronoun(parts, i);
        if (!found) found = demonstrative(parts, i);
        if (!found) continue;
        i = found->end - 1;
        out.push_back(*found);
    }
    return out;
}

// ------------------------------------------------------------------ putting it together

bool speaks_german(const QuestionParts& parts) {
    std::vector<text::Word> words = text::words(parts.text);
    return std::any_of(words.begin(), words.end(), [](const text::Word& word) {
        return word.folded == "der" || word.folded == "das" || word.folded == "wann" ||
               word.folded == "wer" || word.folded == "wurde" || word.folded == "wie" ||
               word.folded == "warum" || word.folded == "hat" || word.folded == "ist";
    });
}

// German articles have cases: what stood for an object may become a subject.
std::string without_article(std::string_view phrase) {
    for (const std::string_view article : {"den ", "dem ", "der ", "die ", "das ", "des "})
        if (text::fold(text::prefix(phrase, 4)) == article)
            return std::string(phrase.substr(article.size()));
    return std::string(phrase);
}

std::string possessive_of(std::string_view name) {
    return std::string(name) + (name.ends_with("s") ? "'" : "'s");
}

struct Replacement {
    Leaning where;
    std::string by;
};

std::string replaced(const QuestionParts& parts, const std::vector<Replacement>& all) {
    std::string out;
    std::size_t at = 0;
    for (const Replacement& one : all) {
        const std::size_t begin = parts.terms[one.where.first].range.begin;
        out.append(parts.text, at, begin - at);
        switch (one.where.kind) {
            case Kind::year:
            case Kind::place: out += "in " + one.by; break;
            default: out += one.where.possessive ? possessive_of(one.by) : one.by;
        }
        at = parts.terms[one.where.end - 1].range.end;
    }
    return out.append(parts.text, at, std::string::npos);
}

// With each of the readings of the first leaning word; the others have their likeliest.
std::vector<std::string> with_antecedents(const QuestionParts& parts,
                                          const std::vector<Leaning>& leaning,
                                          std::span<const Before> history) {
    std::vector<std::string> out;
    const bool german = speaks_german(parts);
    const std::vector<std::string> first = meant(leaning.front().kind, history);
    for (const std::string& reading : first) {
        std::vector<Replacement> all;
        for (const Leaning& one : leaning) {
            std::string by = reading;
            if (one.kind != leaning.front().kind) {
                auto others = meant(one.kind, history);
                std::erase(others, reading);
                if (others.empty()) continue;
                by = others.front();
            }
            all.push_back({one, german ? without_article(by) : by});
        }
        add_new(out, as_question(replaced(parts, all)));
    }
    return out;
}

// "invented the LSTM", "Firth and others"
std::string passive(std::string_view asks, const QuestionParts& of, std::string_view agent) {
    const std::size_t verb = of.asking;
    if (verb >= of.terms.size()) return {};
    if (speaks_german(of)) {  // "Wann entdeckte Fleming …": the verb is the second
        std::string out(asks);
        out.append(" ").append(of.piece(verb, verb + 1)).append(" ");
        out.append(agent.empty() ? "jemand" : agent).append(" ");
        return out.append(of.piece(verb + 1, of.terms.size()));
    }
    const std::string_view rest = of.piece(verb + 1, of.terms.size());
    if (rest.empty()) return {};
    const std::string& done = of.terms[verb].folded;
    const bool several = !of.phrases.empty() && of.phrases.front().plural;
    std::string out(asks);
    if (done.ends_with("ed") && !of.phrases.empty() && of.phrases.front().first == verb + 1) {
        const Phrase& object = of.phrases.front();
        out.append(several ? " were " : " was ").append(of.piece(object));
        out.append(" ").append(of.piece(verb, verb + 1));
        if (const auto more = of.piece(object.end, of.terms.size()); !more.empty())
            out.append(" ").append(more);
        if (!agent.empty()) out.append(" by ").append(agent);
        return out;
    }
    out.append(" was it that ").append(agent.empty() ? "somebody" : agent).append(" ");
    return out.append(of.piece(verb, of.terms.size()));
}

// "When", "Why", "By whom", "How many layers": the rest is the question before.
std::vector<std::string> asked_anew(const QuestionParts& asks, const Before& before) {
    const QuestionParts& of = before.question;
    const std::string words = asks.text;
    const std::string& word = asks.terms[asks.word].folded;
    std::vector<std::string> out;
    const auto topic = before.topics(true);
    if (of.auxiliary) {
        std::string rest(of.piece(of.asking + 1, of.terms.size()));
        const std::string aux = of.asking == 0 ? text::fold(of.piece(0, 1))
                                               : std::string(of.piece(of.asking, of.asking + 1));
        const bool who = text::is_worded(Wording::person, word) && asks.word == 0;
        const bool done = !of.terms.empty() && of.terms.back().folded.ends_with("ed");
        std::string begin = who && done ? "By whom" : words;
        if (asks.terms.back().folded == "not" && asks.asking + 1 == asks.terms.size()) {
            begin = std::string(asks.piece(0, asks.asking));
            if (!of.phrases.empty() && of.phrases.front().first == of.asking + 1)
                rest = std::string(of.piece(of.phrases.front())) + " not " +
                       std::string(of.piece(of.phrases.front().end, of.terms.size()));
        }
        if (of.asks_with_noun() && !asks.asks_with_noun() && of.terms.back().folded == "have") {
            rest += " so many ";
            rest += of.piece(std::min(of.word + 2, of.asking), of.asking);
        }
        add_new(out, as_question(begin + " " + aux + " " + rest));
    } else if (of.asks_for_subject()) {
        const bool subject_again = text::is_worded(Wording::person, word) && asks.word == 0;
        if (subject_again) {
            add_new(out,
                    as_question(words + " " + std::string(of.piece(of.asking, of.terms.size()))));
        } else if (!asks.asks_with_noun()) {
            add_new(out, as_question(passive(words, of, {})));
            for (const Names& names : before.answered)
                if (looks_like_a_person(names.each.front()) > 0) {
                    add_new(out, as_question(passive(words, of, names.together)));
                    break;
                }
        }
    }
    const bool counts = word == "how" && asks.asks_with_noun();
    if (counts && !topic.empty() && (!of.auxiliary || !of.asks_with_noun()))
        out.insert(out.begin(), as_question(words + " does " + topic.front() + " have"));
    if (out.empty() && !topic.empty()) add_new(out, "About " + topic.front() + ": " + words + "?");
    return out;
}

// "X" takes the place of its like in the question before.
std::vector<std::string> in_place_of(std::string_view fragment, const Before& before) {
    const QuestionParts& of = before.question;
    const QuestionParts said(fragment);
    std::vector<std::string> out;
    if (said.terms.empty() || of.terms.empty()) return out;
    const std::string what = said.text;
    const auto in_text = [&](std::size_t first, std::size_t end, std::string_view by) {
        std::string text(of.text.substr(0, of.terms[first].range.begin));
        return as_question(text.append(by).append(of.text.substr(of.terms[end - 1].range.end)));
    };
    // A year for a year.
    if (is_year(said.terms.back()) && said.terms.size() <= 2) {
        for (std::size_t i = 0; i < of.terms.size(); ++i)
            if (is_year(of.terms[i])) {
                const bool both = said.terms.size() == 2 && i > 0 && of.terms[i - 1].stop;
                return {in_text(
                    both ? i - 1 : i, i + 1,
                    both ? what
                         : std::string(said.piece(said.terms.size() - 1, said.terms.size())))};
            }
        return {as_question(of.text + (said.terms.size() == 2 ? " " : " in ") + what)};
    }
    // "for German": what stands behind the same preposition.
    if (said.terms.size() > 1 && said.terms[0].stop && !said.phrases.empty() &&
        said.phrases[0].first > 0) {
        for (std::size_t i = of.terms.size(); i > 1; --i)
            if (of.terms[i - 1].folded == said.terms[0].folded) {
                std::size_t end = i + 1;
                for (const Phrase& phrase : of.phrases)
                    if (phrase.first <= i && i < phrase.end) end = phrase.end;
                return {in_text(i - 1, std::min(end, of.terms.size()), what)};
            }
        return {as_question(of.text + " " + what)};
    }
    struct Target {
        std::size_t first = 0;
        std::size_t end = 0;
        double like = 0;
    };
    std::vector<Target> targets;
    // "And Large?" begins no sentence.
    const std::vector<Term> inside = terms_of("and " + what);
    const bool name =
        std::any_of(inside.begin(), inside.end(), [](const Term& term) { return term.name; });
    const std::string folded = text::fold(what);
    double order = 0.4;
    for (const Phrase& phrase : of.phrases) {
        Target target{phrase.first, phrase.end, order};
        order -= 0.1;
        // Of "the vocabulary of GPT-2" a name takes the place of the name alone.
        if (name && phrase.name)
            for (std::size_t i = phrase.first + 1; i < phrase.end; ++i)
                if (of.terms[i - 1].folded == "of") target.first = i;
        if (phrase.name == name) target.like += 2;
        if (of.terms[target.first].stop == said.terms.front().stop) target.like += 0.3;
        const std::string there = text::fold(of.piece(target.first, target.end));
        std::size_t common = 0;
        while (common < std::min(there.size(), folded.size()) && there[common] == folded[common])
            ++common;
        if (common >= 3) target.like += 1;
        targets.push_back(target);
    }
    std::stable_sort(targets.begin(), targets.end(),
                     [](const Target& a, const Target& b) { return a.like > b.like; });
    for (const Target& target : targets) {
        add_new(out, in_text(target.first, target.end, what));
        // "Large" for the last word of "BERT Base".
        const std::string last = text::fold(of.piece(target.end - 1, target.end)).substr(0, 3);
        if (name && said.terms.size() == 1 && target.end > target.first + 1 &&
            !folded.starts_with(last))
            out.insert(out.begin() + static_cast<std::ptrdiff_t>(out.size() - 1),
                       in_text(target.end - 1, target.end, what));
        if (out.size() >= 2) break;
    }
    // "What about the licence?"
    if (!name && !before.topics(true).empty())
        add_new(out, as_question("What is " + what + " of " + before.topics(true).front()));
    return out;
}

// ------------------------------------------------------------------ what the question looks like

struct Lead {
    std::string rest;
    bool any = false;
    bool about = false;  // "what about"
};

Lead without_lead(std::string_view question) {
    Lead out{std::string(trimmed(question)), false, false};
    for (bool again = true; again;) {
        again = false;
        const std::vector<text::Word> words = text::words(out.rest);
        std::string all = " ";
        for (const text::Word& word : words) all += word.folded + " ";
        const std::size_t count = text::begins_worded(Wording::going_on, all);
        if (count == 0 || count >= words.size()) break;
        out.any = true;
        out.about = out.about || count > 1;
        out.rest =
            std::string(trimmed(std::string_view(out.rest).substr(words[count - 1].range.end)));
        again = count == 1;
    }
    return out;
}

bool has_auxiliary(const QuestionParts& parts) {
    return std::any_of(parts.terms.begin(), parts.terms.end(),
                       [](const Term& term) { return term.auxiliary; });
}

// "BERT Large", "in 2019", "the decoder": no question of its own.
bool is_fragment(const QuestionParts& parts) {
    constexpr std::size_t most = 6;
    return !parts.terms.empty() && parts.terms.size() <= most && parts.asking == 0 &&
           !has_auxiliary(parts) &&
           !text::is_worded(Wording::definition, parts.terms.front().folded) &&
           !text::is_worded(Wording::explanation, parts.terms.front().folded);
}

// "When", "Since when", "How many layers", "Who else".
bool is_bare(const QuestionParts& parts) {
    if (parts.asking == 0 || has_auxiliary(parts)) return false;
    const bool named = std::any_of(parts.terms.begin(), parts.terms.end(),
                                   [](const Term& term) { return term.name; });
    if (named) return false;
    if (parts.asking == parts.terms.size()) return true;
    return parts.asking + 1 == parts.terms.size() &&
           (parts.terms.back().folded == "else" || parts.terms.back().folded == "not" ||
            parts.terms.back().folded == "exactly" || parts.terms.back().folded == "by");
}

// "Who did it?", "How was it done?", "When did they do that?": of what was done, the question
// before speaks.
bool does_it(const QuestionParts& parts, const std::vector<Leaning>& leaning) {
    if (parts.asking == 0 || leaning.empty()) return false;
    const Leaning& last = leaning.back();
    if (last.kind != Kind::thing || last.possessive) return false;
    const std::size_t end = parts.terms.size();
    const bool done = parts.terms.back().folded == "done" && last.end + 1 == end;
    const bool object =
        last.end == end && last.first > 0 && is_a_do(parts.terms[last.first - 1]) &&
        (last.first - 1 > parts.asking || parts.asks_for_subject() || parts.word == 0) &&
        !(parts.auxiliary && last.first - 1 == parts.asking && !parts.asks_with_noun() &&
          !text::is_worded(Wording::person, parts.terms[parts.word].folded));
    const bool that = last.end == end && last.end == last.first + 1 && parts.auxiliary &&
                      last.first == parts.asking + 1 &&
                      (text::asks_for_date(parts.text) || text::asks_for_place(parts.text)) &&
                      !parts.terms[parts.asking].folded.starts_with("d");
    return done || object || that;
}

// "Who are the authors?": of what, the question before says.
bool lacks_an_owner(const QuestionParts& parts) {
    const bool named = std::any_of(parts.terms.begin(), parts.terms.end(),
                                   [](const Term& term) { return term.name; });
    if (named || parts.phrases.empty()) return false;
    const Phrase& last = parts.phrases.back();
    const auto contents = std::count_if(
        parts.terms.begin() + static_cast<std::ptrdiff_t>(parts.asking), parts.terms.end(),
        [](const Term& term) { return !term.stop && !term.auxiliary; });
    return last.end == parts.terms.size() && contents <= 2 &&
           parts.terms[last.first].folded == "the" && parts.phrases.size() == 1;
}

// "Which is faster?", "Which one is faster?", after "CBOW and skip-gram".
std::string which_of(const QuestionParts& parts, const Before& before) {
    std::size_t verb = parts.word + 1;
    if (parts.asking == 0 || parts.terms[parts.word].folded != "which") return {};
    if (verb < parts.terms.size() &&
        (parts.terms[verb].folded == "one" || parts.terms[verb].folded == "ones"))
        ++verb;
    const bool named = std::any_of(parts.terms.begin(), parts.terms.end(),
                                   [](const Term& term) { return term.name; });
    if (named || verb >= parts.terms.size() || !parts.terms[verb].auxiliary) return {};
    for (const Phrase& phrase : before.question.phrases)
        if (phrase.plural && phrase.end > phrase.first + 2)
            return as_question("Which " + std::string(parts.piece(verb, parts.terms.size())) +
                               ", " + before.piece(phrase));
    return {};
}

std::vector<std::string> readings(std::string_view asked, std::span<const Before> history) {
    const std::string as_it_is(trimmed(asked));
    const Lead lead = without_lead(expanded(asked));
    const QuestionParts parts(lead.rest);
    if (parts.terms.empty() || history.empty()) return {as_it_is};
    const Before& before = history.back();
    std::vector<std::string> out;
    if (is_bare(parts)) return asked_anew(parts, before);
    const std::vector<Leaning> leaning = leaning_words(parts);
    if (lead.about || is_fragment(parts)) {
        const std::string what = leaning.empty() ? parts.text : [&] {
            const auto all = with_antecedents(parts, leaning, history);
            return all.empty() ? parts.text : std::string(QuestionParts(all[0]).text);
        }();
        out = in_place_of(what, before);
        if (!lead.any && as_it_is.find_first_of("?") == std::string::npos)
            out.insert(out.begin(), as_it_is);
        else if (!lead.any)
            add_new(out, as_it_is);
        return out;
    }
    if (does_it(parts, leaning)) {
        std::string agent;
        if (leaning.size() > 1)
            if (const auto who = meant(leaning.front().kind, history); !who.empty())
                agent = who.front();
        const std::string asks(parts.piece(0, std::max<std::size_t>(parts.asking, 1)));
        if (before.question.asks_for_subject() &&
            !text::is_worded(Wording::person, parts.terms[parts.word].folded))
            add_new(out, as_question(passive(asks, before.question, agent)));
        for (std::string& one : asked_anew(QuestionParts(asks), before)) add_new(out, one);
        return out;
    }
    if (!leaning.empty()) {
        out = with_antecedents(parts, leaning, history);
        return out;
    }
    if (lacks_an_owner(parts)) {
        out.push_back(lead.any ? as_question(parts.text) : as_it_is);
        for (const std::string& topic : before.topics(false)) {
            add_new(out, as_question(parts.text + " of " + topic));
            break;
        }
        return out;
    }
    if (auto one = which_of(parts, before); !one.empty()) return {std::move(one)};
    return {lead.any ? as_question(parts.text) : as_it_is};
}

}  // namespace

std::vector<std::string> standing_alone(std::string_view question, std::span<const Turn> history) {
    if (history.size() > most_turns) history = history.last(most_turns);
    std::vector<Before> before;
    for (const Turn& turn : history) {
        // What leaned on the turn before it is meant, not what was said.
        auto said = readings(turn.question, before);
        before.emplace_back(
            Turn{said.empty() ? turn.question : std::move(said.front()), turn.answer});
    }
    auto out = readings(question, before);
    if (out.empty()) out.emplace_back(trimmed(question));
    if (out.size() > most_readings) out.resize(most_readings);
    return out;
}

}  // namespace lectern
