#include "engine/answers/conversation.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "engine/answers/asked_again.hpp"
#include "engine/answers/earlier_turn.hpp"
#include "engine/answers/leaning_words.hpp"
#include "engine/answers/question_parts.hpp"
#include "text/question.hpp"
#include "text/text.hpp"
#include "text/wording.hpp"

namespace lectern {
namespace conversation {
namespace {

using text::Wording;

constexpr std::size_t most_turns = 8;
constexpr std::size_t most_readings = 4;

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

bool is_a_do(const Term& term) {
    return term.folded == "do" || term.folded == "did" || term.folded == "done" ||
           term.folded == "does" || term.folded == "doing";
}

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
std::string which_of(const QuestionParts& parts, const EarlierTurn& before) {
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

std::vector<std::string> readings(std::string_view asked, std::span<const EarlierTurn> history) {
    const std::string as_it_is(trimmed(asked));
    const Lead lead = without_lead(expanded(asked));
    const QuestionParts parts(lead.rest);
    if (parts.terms.empty() || history.empty()) return {as_it_is};
    const EarlierTurn& before = history.back();
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
}  // namespace conversation

std::vector<std::string> standing_alone(std::string_view question, std::span<const Turn> history) {
    if (history.size() > conversation::most_turns) history = history.last(conversation::most_turns);
    std::vector<conversation::EarlierTurn> before;
    for (const Turn& turn : history) {
        // What leaned on the turn before it is meant, not what was said.
        auto said = conversation::readings(turn.question, before);
        before.emplace_back(
            Turn{said.empty() ? turn.question : std::move(said.front()), turn.answer});
    }
    auto out = conversation::readings(question, before);
    if (out.empty()) out.emplace_back(conversation::trimmed(question));
    if (out.size() > conversation::most_readings) out.resize(conversation::most_readings);
    return out;
}

}  // namespace lectern
