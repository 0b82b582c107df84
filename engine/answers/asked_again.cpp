#include "engine/answers/asked_again.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "text/text.hpp"
#include "text/wording.hpp"

namespace lectern::conversation {
namespace {

using text::Wording;

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

}  // namespace

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

std::vector<std::string> with_antecedents(const QuestionParts& parts,
                                          const std::vector<Leaning>& leaning,
                                          std::span<const EarlierTurn> history) {
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

std::vector<std::string> asked_anew(const QuestionParts& asks, const EarlierTurn& before) {
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

std::vector<std::string> in_place_of(std::string_view fragment, const EarlierTurn& before) {
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

}  // namespace lectern::conversation
