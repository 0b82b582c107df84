#include "engine/answers/question_parts.hpp"

#include <algorithm>
#include <array>

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include "text/ascii.hpp"
#include "text/content_words.hpp"

namespace lectern {
namespace {

using text::Wording;

struct Capitals {
    bool first = false;
    bool later = false;
    bool digit = false;
    bool letter = false;
};

Capitals capitals_of(std::string_view word) {
    Capitals out;
    std::int32_t at = 0;
    const auto size = static_cast<std::int32_t>(word.size());
    while (at < size) {
        UChar32 c = 0;
        const bool first = at == 0;
        U8_NEXT(word.data(), at, size, c);
        if (c < 0) continue;
        const bool capital = u_isupper(c) != 0 || u_istitle(c) != 0;
        (first ? out.first : out.later) |= capital;
        out.digit |= u_isdigit(c) != 0;
        out.letter |= u_isalpha(c) != 0;
    }
    return out;
}

// What joins two words to one: "n-gram", "Encoder–Decoder", "LLM.int8".
bool joins(std::string_view gap) {
    return gap == "-" || gap == "–" || gap == "." || gap == "/" || gap == "_" || gap == "&";
}

bool ends_a_sentence(std::string_view gap, std::string_view word_before) {
    if (gap.find('\n') != std::string_view::npos) return true;
    const std::size_t stop = gap.find_first_of(".!?:");
    return stop != std::string_view::npos && (gap[stop] != '.' || word_before.size() > 1);
}

bool is_plural(const Term& term) {
    return !term.name && term.folded.size() > 3 && term.folded.ends_with("s") &&
           !term.folded.ends_with("ss") && !term.folded.ends_with("is") &&
           !term.folded.ends_with("us");
}

bool is_participle(const Term& term) {
    if (term.name || term.folded.size() <= 4) return term.folded == "born";
    return term.folded.ends_with("ed") || term.folded.ends_with("wn") ||
           term.folded.ends_with("tten") || term.folded.ends_with("ught") ||
           term.folded.ends_with("uilt");
}

bool is_article(const Term& term) {
    return text::is_worded(Wording::asked_article, term.folded);
}

// "How | old": the adjective or "many" of a question word.
bool asks_how(const Term& term) {
    return term.folded == "how" || term.folded == "wie" || term.folded == "combien";
}

bool asks_what(const Term& term) {
    constexpr std::array<std::string_view, 14> words{
        "what",    "which", "whose",  "welche", "welcher", "welches", "welchen",
        "welchem", "quel",  "quelle", "quels",  "quelles", "qué",     "cuántos"};
    return std::find(words.begin(), words.end(), term.folded) != words.end();
}

bool does(const Term& term) {
    return term.folded == "do" || term.folded == "does" || term.folded == "did";
}

// Who asks, or anybody: nothing is asked about them.
bool is_anybody(const Term& term) {
    constexpr std::array<std::string_view, 8> words{"i",  "you", "we",  "one",
                                                    "me", "ich", "man", "wir"};
    return std::find(words.begin(), words.end(), term.folded) != words.end();
}

// "Leonardo da Vinci", "University of London"
bool is_within_names(const Term& term) {
    constexpr std::array<std::string_view, 11> words{"of",  "von", "van", "de", "da", "di",
                                                     "del", "der", "den", "du", "la"};
    return std::find(words.begin(), words.end(), term.folded) != words.end();
}

}  // namespace

bool is_question_word(std::string_view folded) {
    for (const Wording what :
         {Wording::when, Wording::person, Wording::other_asking, Wording::place, Wording::reason})
        if (text::is_worded(what, folded)) return true;
    constexpr std::array<std::string_view, 12> others{"was",     "welcher", "welches", "welchen",
                                                      "welchem", "combien", "quel",    "quelle",
                                                      "cuánto",  "cuántos", "comment", "pourquoi"};
    return folded != "the reason" &&
           std::find(others.begin(), others.end(), folded) != others.end();
}

std::vector<Term> terms_of(std::string_view of) {
    std::vector<Term> out;
    bool first = true;  // of its sentence
    std::size_t last_end = 0;
    std::vector<char> begins;
    for (text::Word& word : text::words(of)) {
        const std::string_view gap = of.substr(last_end, word.range.begin - last_end);
        last_end = word.range.end;
        if (!out.empty() && joins(gap)) {
            out.back().range.end = word.range.end;
            out.back().folded.append(gap).append(word.folded);
            out.back().number = out.back().number && word.number;
            continue;
        }
        first = out.empty() || ends_a_sentence(gap, out.back().folded);
        begins.push_back(first ? 1 : 0);
        Term term;
        term.range = word.range;
        term.number = word.number;
        term.folded = std::move(word.folded);
        out.push_back(std::move(term));
    }
    std::vector<char> capital;
    for (std::size_t i = 0; i < out.size(); ++i) {
        Term& term = out[i];
        const std::string_view written =
            of.substr(term.range.begin, term.range.end - term.range.begin);
        const Capitals shape = capitals_of(written);
        term.stop = text::is_stop_word(term.folded) || is_question_word(term.folded);
        term.auxiliary = text::is_worded(Wording::auxiliary, term.folded);
        term.number = term.number && !shape.letter;
        term.name = !term.stop && ((shape.digit && shape.letter && term.folded.size() > 1) ||
                                   shape.later || (shape.first && begins[i] == 0));
        capital.push_back(shape.first && !term.stop ? 1 : 0);
    }
    // The first word of a sentence has a capital in any case; before a name it is one.
    for (std::size_t i = 0; i + 1 < out.size(); ++i) {
        const std::string_view gap =
            of.substr(out[i].range.end, out[i + 1].range.begin - out[i].range.end);
        const bool before_a_name =
            out[i + 1].name ||
            (i + 2 < out.size() && is_within_names(out[i + 1]) && out[i + 2].name);
        if (begins[i] != 0 && capital[i] != 0 && before_a_name && gap == " ") out[i].name = true;
    }
    return out;
}

std::string_view QuestionParts::piece(std::size_t first, std::size_t end) const {
    if (first >= end || end > terms.size()) return {};
    return std::string_view(text).substr(terms[first].range.begin,
                                         terms[end - 1].range.end - terms[first].range.begin);
}

QuestionParts::QuestionParts(std::string_view question) {
    std::size_t end = question.size();
    for (bool again = true; again;) {
        again = false;
        for (const std::string_view mark : {"?", "？", "!", ".", " ", "\n", "\r", "\t"})
            if (question.substr(0, end).ends_with(mark)) {
                end -= mark.size();
                again = true;
            }
    }
    text = question.substr(0, end);
    terms = terms_of(text);

    // The question word, perhaps behind a preposition, and what belongs to it.
    std::size_t at = terms.size();
    for (std::size_t i = 0; i < std::min<std::size_t>(2, terms.size()); ++i)
        if (is_question_word(terms[i].folded) && (i == 0 || terms[0].stop) &&
            !(i == 1 && terms[0].auxiliary)) {
            at = i;
            break;
        }
    std::size_t next = 0;
    if (at < terms.size()) {
        word = at;
        next = at + 1;
        const bool how = asks_how(terms[at]);
        if (how && next < terms.size() && !terms[next].auxiliary && !terms[next].name) ++next;
        const bool noun = asks_what(terms[at]) || how;
        std::size_t last = next;
        while (noun && last < terms.size() && last < at + 5 && !terms[last].auxiliary &&
               (!terms[last].stop || terms[last].folded == "of" ||
                (is_article(terms[last]) && terms[last - 1].folded == "of")))
            ++last;
        if (last < terms.size() && terms[last].auxiliary) {
            next = last;
        } else if (noun && last == terms.size()) {
            next = last;  // "Which year?"
            // "Which researchers released GloVe": a noun, then the verb.
            for (std::size_t i = at + 2; i < last; ++i)
                if (is_participle(terms[i]) || terms[i].name) {
                    next = std::min(
                        last,
                        std::max(at + 1, terms[i].name && !is_participle(terms[i]) ? i - 1 : i));
                    break;
                }
        } else if (asks_what(terms[at]) && !how && next < terms.size() && !terms[next].stop &&
                   !is_participle(terms[next])) {
            ++next;  // "Which text | describes the …"
        }
        asking = next;
    }
    auxiliary = next < terms.size() && terms[next].auxiliary;
    // "Explain how vaccines work": as "How do vaccines work?".
    const bool told = asking == 0 && !auxiliary && !terms.empty() &&
                      (text::is_worded(Wording::explanation, terms[0].folded) ||
                       text::is_worded(Wording::definition, terms[0].folded));
    if (told) next = terms.size() > 1 && is_question_word(terms[1].folded) ? 2 : 1;
    const bool do_support = (auxiliary && does(terms[next])) || (told && next == 2);
    const bool several = (told && next == 2) ||
                         (auxiliary && (terms[next].folded == "do" || terms[next].folded == "are" ||
                                        terms[next].folded == "were"));
    if (auxiliary || asks_for_subject()) ++next;  // or the verb of "Who invented the LSTM?"

    bool subject = auxiliary || (told && next == 2);  // comes first
    if (do_support && next + 1 < terms.size() && is_anybody(terms[next])) {
        next += 2;  // and the verb
        subject = false;
    }
    for (std::size_t i = next; i < terms.size();) {
        const auto content = [&](std::size_t k) {
            return k < terms.size() && !terms[k].stop && !terms[k].auxiliary;
        };
        std::size_t from = i;
        if (is_article(terms[i])) ++i;
        const std::size_t inner = i;
        bool parted = false;
        while (content(i)) {
            if (i > inner && subject && !do_support && is_participle(terms[i])) break;
            ++i;
            // "the recall of a vector index", "CBOW and skip-gram"
            if (i + 1 < terms.size() && terms[i].folded == "of") {
                const std::size_t behind = is_article(terms[i + 1]) ? i + 2 : i + 1;
                if (content(behind)) i = behind;
            } else if (i + 1 < terms.size() && content(i + 1) &&
                       text::is_worded(Wording::conjunction, terms[i].folded) &&
                       !is_participle(terms[i + 1])) {
                parted = true;
                ++i;
            }
        }
        if (i == inner) {
            i = std::max(i, from + 1);
            continue;
        }
        std::size_t stop = i;
        if (subject && do_support && stop > inner + 1) {
            // The verb stands behind the subject, in a row with it, unless it is a "have".
            const bool verb_follows = stop < terms.size() && terms[stop].auxiliary;
            std::size_t cut = stop;
            const auto named = std::find_if(terms.begin() + static_cast<std::ptrdiff_t>(inner),
                                            terms.begin() + static_cast<std::ptrdiff_t>(stop),
                                            [](const Term& term) { return term.name; });
            if (!verb_follows) {
                if (named != terms.begin() + static_cast<std::ptrdiff_t>(stop)) {
                    cut = static_cast<std::size_t>(named - terms.begin());
                    while (cut < stop &&
                           (terms[cut].name || terms[cut].number || (parted && terms[cut].stop)))
                        ++cut;
                    // "the Orion project start"
                    if (inner > from && cut + 2 <= stop) cut = stop - 1;
                } else if (several) {
                    cut = inner;
                    while (cut < stop && !is_plural(terms[cut])) ++cut;
                    cut = cut < stop ? cut + 1 : stop - 1;
                } else {
                    // "the warranty cover water damage", "a beam search work"
                    cut = stop - inner > 3 ? inner + 1 : stop - 1;
                }
            }
            stop = std::max(cut, inner + 1);
            i = std::max(stop, std::min(i, stop + 1));  // behind the verb
        } else if (subject && stop < terms.size() && is_participle(terms[stop])) {
            i = stop + 1;
        }
        subject = false;
        if (i < stop) i = stop;
        std::size_t head = inner;  // of "the side effects of ibuprofen" the effects
        while (head + 1 < stop && terms[head + 1].folded != "of") ++head;
        Phrase phrase{from, stop, false, parted || is_plural(terms[head])};
        phrase.name = std::any_of(terms.begin() + static_cast<std::ptrdiff_t>(from),
                                  terms.begin() + static_cast<std::ptrdiff_t>(stop),
                                  [](const Term& term) { return term.name; });
        phrases.push_back(phrase);
    }
}

std::vector<Names> names_in(std::string_view of) {
    const std::vector<Term> terms = terms_of(of);
    const auto gap = [&](std::size_t i) {  // before terms[i]
        return of.substr(terms[i - 1].range.end, terms[i].range.begin - terms[i - 1].range.end);
    };
    // "Pushkin's novel": the owner.
    const auto owns = [&](std::size_t i) {
        return terms[i].folded.ends_with("'s") || terms[i].folded.ends_with("’s");
    };
    const auto written = [&](std::size_t first, std::size_t end) {
        std::string out(of.substr(terms[first].range.begin,
                                  terms[end - 1].range.end - terms[first].range.begin));
        if (owns(end - 1)) out.resize(out.size() - (out.ends_with("'s") ? 2 : 4));
        return out;
    };
    std::vector<Names> out;
    std::size_t group_begin = 0;
    std::size_t group_end = 0;
    for (std::size_t i = 0; i < terms.size();) {
        if (!terms[i].name) {
            ++i;
            continue;
        }
        std::size_t end = i + 1;
        while (end < terms.size() && (!owns(end - 1) || terms[end].name)) {
            const std::string_view between = gap(end);
            if ((terms[end].name || terms[end].number) && (between == " " || between == ". "))
                ++end;
            else if (end + 1 < terms.size() && between == " " && terms[end + 1].name &&
                     gap(end + 1) == " " && is_within_names(terms[end]))
                end += 2;
            else
                break;
        }
        // ", ", " and ", ", and "
        bool joined = false;
        if (!out.empty() && group_end > 0) {
            if (group_end == i) {
                joined = gap(i) == ", " || gap(i) == " & ";
            } else if (group_end + 1 == i) {
                joined = text::is_worded(Wording::conjunction, terms[group_end].folded) &&
                         (gap(group_end) == " " || gap(group_end) == ", ") && gap(i) == " ";
            }
        }
        if (!joined) {
            out.emplace_back();
            group_begin = i;
        }
        out.back().each.push_back(written(i, end));
        out.back().owner = owns(end - 1);
        out.back().together = written(group_begin, end);
        group_end = end;
        i = end;
    }
    return out;
}

int looks_like_a_person(std::string_view name) {
    int words = 0;
    bool plain = name.find("'s ") == std::string_view::npos;  // "Schindler's List"
    for (const text::Word& word : text::words(name)) {
        const Capitals shape =
            capitals_of(name.substr(word.range.begin, word.range.end - word.range.begin));
        Term term;
        term.folded = word.folded;
        const bool small = is_within_names(term) && word.folded != "of";
        plain = plain && (small || (shape.first && !shape.digit &&
                                    (!shape.later || word.folded.starts_with("mc"))));
        ++words;
    }
    if (!plain || words == 0 || words > 4) return 0;
    return words > 1 ? 2 : 1;
}

}  // namespace lectern
