#include "engine/answers/earlier_turn.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>

#include "text/question.hpp"
#include "text/text.hpp"

namespace lectern::conversation {
namespace {

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

std::string year_in(std::string_view text) {
    for (const Term& term : terms_of(text))
        if (is_year(term)) return term.folded;
    return {};
}

std::vector<std::string> meant_in(Kind kind, const EarlierTurn& before) {
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

}  // namespace

void add_new(std::vector<std::string>& to, std::string one) {
    if (!one.empty() && std::find(to.begin(), to.end(), one) == to.end())
        to.push_back(std::move(one));
}

bool is_year(const Term& term) {
    return term.number && term.folded.size() == 4 &&
           (term.folded[0] == '1' || term.folded.starts_with("20"));
}

EarlierTurn::EarlierTurn(const Turn& turn)
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

std::vector<std::string> EarlierTurn::topics(bool persons) const {
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

std::vector<std::string> EarlierTurn::single_topics() const {
    std::vector<std::string> out;
    for (std::string& topic : topics(false)) {
        const auto phrase = std::find_if(question.phrases.begin(), question.phrases.end(),
                                         [&](const Phrase& one) { return piece(one) == topic; });
        const std::size_t of = topic.rfind(" of ");
        if (phrase != question.phrases.end() && phrase->plural && of != std::string::npos)
            topic.erase(0, of + 4);
        add_new(out, std::move(topic));
    }
    return out;
}

std::string EarlierTurn::what_is_asked_for() const {
    const auto about = topics(false);
    std::string out = "the ";
    out += question.piece(question.word + 1, question.asking);
    if (!about.empty()) out += " of " + about.front();
    return out;
}

bool EarlierTurn::asks_thing() const {
    if (asks_person || question.asking == 0) return false;
    const std::string& word = question.terms[question.word].folded;
    const bool what = word == "which" || word == "what" || word == "was" ||
                      word.starts_with("welch") || word.starts_with("quel");
    return what &&
           (question.asks_with_noun() || question.asks_for_subject() ||
            (question.auxiliary && question.terms[question.asking].folded.starts_with("d")));
}

std::vector<std::string> meant(Kind kind, std::span<const EarlierTurn> history) {
    for (std::size_t i = history.size(); i > 0; --i)
        if (auto out = meant_in(kind, history[i - 1]); !out.empty()) return out;
    return {};
}

}  // namespace lectern::conversation
