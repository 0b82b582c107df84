#include "engine/answers/leaning_words.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "text/wording.hpp"

namespace lectern::conversation {
namespace {

using text::Wording;

std::string spaced(const std::vector<Term>& terms, std::size_t from) {
    std::string out = " ";
    for (std::size_t i = from; i < terms.size(); ++i) out += terms[i].folded + " ";
    return out;
}

bool content(const QuestionParts& parts, std::size_t i) {
    return i < parts.terms.size() && !parts.terms[i].stop && !parts.terms[i].auxiliary;
}

bool worded(const QuestionParts& parts, std::size_t i, Wording what) {
    return i < parts.terms.size() && text::is_worded(what, parts.terms[i].folded);
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

}  // namespace

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

}  // namespace lectern::conversation
