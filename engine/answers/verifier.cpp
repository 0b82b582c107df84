#include "engine/answers/verifier.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <optional>
#include <set>
#include <unordered_set>

#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include "text/ascii.hpp"
#include "text/content_words.hpp"
#include "text/text.hpp"

namespace lectern {
namespace {

// Negations of the languages that the samples and most users write in. A sentence and its evidence
// must both have one, or neither.
constexpr std::array<std::string_view, 26> negations{
    "not",    "no",     "never",  "nor",    "neither", "without", "cannot",  "nicht", "kein",
    "keine",  "keinen", "keinem", "keiner", "keines",  "nie",     "niemals", "ohne",  "pas",
    "jamais", "sans",   "nunca",  "sin",    "non",     "mai",     "senza",   "none"};

struct Analysis {
    std::vector<std::string> content;   // folded
    std::vector<std::string> required;  // names and numbers, folded: must occur in the evidence
    bool negated = false;
};

// True when exactly three digits follow: "3,300", but not the decimal comma of "3,5".
bool groups_thousands(std::string_view folded, std::size_t separator) {
    const std::string_view rest = folded.substr(separator + 1);
    return rest.size() >= 3 && std::all_of(rest.begin(), rest.begin() + 3, text::is_digit) &&
           (rest.size() == 3 || !text::is_digit(rest[3]));
}

// Digits without the separators that people write in long numbers.
std::string number_key(std::string_view folded) {
    std::string out;
    for (std::size_t at = 0; at < folded.size(); ++at) {
        const char c = folded[at];
        const bool separator =
            c == '_' || ((c == ',' || c == '\'') && groups_thousands(folded, at));
        if (!separator) out.push_back(c);
    }
    while (!out.empty() && out.back() == '.') out.pop_back();
    return out;
}

bool has_capital(std::string_view word, bool skip_first) {
    std::int32_t offset = 0;
    const auto size = static_cast<std::int32_t>(word.size());
    while (offset < size) {
        UChar32 c = 0;
        const bool first = offset == 0;
        U8_NEXT(word.data(), offset, size, c);
        if (first && skip_first) continue;
        if (c > 0 && (u_isupper(c) || u_istitle(c))) return true;
    }
    return false;
}

bool ends_with(std::string_view word, std::string_view ending) {
    return word.size() > ending.size() && word.substr(word.size() - ending.size()) == ending;
}

bool is_negated_auxiliary(std::string_view folded) {
    return ends_with(folded, "n't") || ends_with(folded, "n’t");
}

bool is_negation(std::string_view folded) {
    return std::find(negations.begin(), negations.end(), folded) != negations.end() ||
           is_negated_auxiliary(folded);
}

// True for one name in two cases or numbers: "Miller" and "Miller's". Names are compared more
// strictly than other words: "Martin" and "Martha" are two people.
bool same_name(std::string_view left, std::string_view right) {
    constexpr std::array<std::string_view, 10> endings{"",  "s",  "'s", "’s", "e",
                                                       "n", "es", "en", "er", "ern"};
    const auto differ = std::mismatch(left.begin(), left.end(), right.begin(), right.end());
    const auto common = static_cast<std::size_t>(differ.first - left.begin());
    const auto is_ending = [&](std::string_view rest) {
        return std::find(endings.begin(), endings.end(), rest) != endings.end();
    };
    const auto is_possessive = [](std::string_view rest) {
        return rest.empty() || rest == "s" || rest == "'s" || rest == "’s";
    };
    const std::string_view left_rest = left.substr(common);
    const std::string_view right_rest = right.substr(common);
    if (is_possessive(left_rest) && is_possessive(right_rest)) return common >= 2;
    return common >= 4 && is_ending(left_rest) && is_ending(right_rest);
}

Analysis analyse(std::string_view sentence) {
    Analysis out;
    bool first = true;
    for (const text::Word& word : text::words(sentence)) {
        const std::string_view surface =
            sentence.substr(word.range.begin, word.range.end - word.range.begin);
        out.negated = out.negated || is_negation(word.folded);
        if (word.number) {
            out.required.push_back(number_key(word.folded));
        } else if (!text::is_stop_word(word.folded) && !is_negated_auxiliary(word.folded)) {
            // The first word is capitalised in any case: a name only when capitals follow ("BERT").
            if (has_capital(surface, first)) out.required.push_back(word.folded);
            out.content.push_back(word.folded);
        }
        first = false;
    }
    return out;
}

struct Vocabulary {
    std::vector<std::string> words;  // folded, and numbers by key
    bool negated = false;

    [[nodiscard]] bool exactly(std::string_view word) const {
        return std::any_of(words.begin(), words.end(),
                           [&](const std::string& other) { return other == word; });
    }
    [[nodiscard]] bool names(std::string_view name) const {
        return std::any_of(words.begin(), words.end(),
                           [&](const std::string& other) { return same_name(name, other); });
    }
    [[nodiscard]] bool alike(std::string_view word) const {
        return std::any_of(words.begin(), words.end(),
                           [&](const std::string& other) { return text::same_stem(word, other); });
    }
};

Vocabulary vocabulary(std::string_view value) {
    Vocabulary out;
    for (text::Word& word : text::words(value)) {
        out.negated = out.negated || is_negation(word.folded);
        out.words.push_back(word.number ? number_key(word.folded) : std::move(word.folded));
    }
    return out;
}

// Takes the marks "[1]", "[1, 2]" out of the sentence.
std::string without_marks(std::string_view sentence, std::set<unsigned>& marks) {
    std::string out;
    std::size_t at = 0;
    while (at < sentence.size()) {
        if (sentence[at] != '[') {
            out.push_back(sentence[at++]);
            continue;
        }
        const std::size_t close = sentence.find(']', at);
        const std::string_view inner =
            close == std::string_view::npos ? "" : sentence.substr(at + 1, close - at - 1);
        const bool mark = !inner.empty() && inner.size() < 24 &&
                          std::all_of(inner.begin(), inner.end(), [](unsigned char c) {
                              return std::isdigit(c) != 0 || c == ',' || c == ' ' || c == ';';
                          });
        if (!mark) {
            out.push_back(sentence[at++]);
            continue;
        }
        std::optional<unsigned> value;
        for (const char c : std::string(inner) + ",") {
            if (std::isdigit(static_cast<unsigned char>(c)) != 0) {
                value =
                    std::min(value.value_or(0) * 10 + static_cast<unsigned>(c - '0'), 1'000'000U);
            } else if (value) {
                marks.insert(*value);
                value.reset();
            }
        }
        // "both ways [1]." becomes "both ways."
        while (!out.empty() && out.back() == ' ') out.pop_back();
        at = close + 1;
    }
    const auto first = out.find_first_not_of(" \t\r\n");
    if (first == std::string::npos) return {};
    return out.substr(first, out.find_last_not_of(" \t\r\n") - first + 1);
}

struct Support {
    double share = 0;
    std::string missing;  // a name or number that the evidence does not hold
    bool says_something = false;
    bool negation_agrees = false;
};

Support support(const Analysis& sentence, const Vocabulary& question, const Vocabulary& evidence,
                const Vocabulary& titles) {
    Support out;
    for (const std::string& word : sentence.required) {
        if (evidence.exactly(word) || titles.exactly(word)) continue;
        if (!text::is_digit(word.front()) && (evidence.names(word) || titles.names(word))) continue;
        out.missing = word;
        break;
    }
    std::size_t held = 0;
    for (const std::string& word : sentence.content) {
        const bool in_evidence = evidence.alike(word);
        const bool in_question = question.alike(word);
        if (in_evidence || in_question || titles.alike(word)) ++held;
        if (in_evidence && !in_question) out.says_something = true;
    }
    for (const std::string& word : sentence.required)
        if (evidence.exactly(word) && !question.exactly(word)) out.says_something = true;
    // "It was 1923." has no content but its number, which is looked for above.
    if (sentence.content.empty())
        out.share = sentence.required.empty() ? 0 : 1;
    else
        out.share = static_cast<double>(held) / static_cast<double>(sentence.content.size());
    out.negation_agrees = sentence.negated == evidence.negated;
    return out;
}

}  // namespace

Verdict verify_sentence(std::string_view sentence, std::string_view question,
                        std::span<const NumberedEvidence> evidence,
                        const VerifierOptions& options) {
    Verdict out;
    std::set<unsigned> marks;
    out.text = without_marks(sentence, marks);
    if (out.text.empty()) {
        out.reason = "no text";
        return out;
    }
    if (out.text.back() == '?' || ends_with(out.text, "？")) {
        out.reason = "a question";
        return out;
    }
    const Analysis parts = analyse(out.text);
    const Vocabulary asked = vocabulary(question);

    // Every piece of evidence alone, best first: what an unmarked sentence stands on, and what
    // replaces a sentence that fails.
    const NumberedEvidence* best = nullptr;
    Support best_support;
    for (const NumberedEvidence& item : evidence) {
        const Support found = support(parts, asked, vocabulary(item.text), vocabulary(item.title));
        const auto rank = [](const Support& s) {
            return s.share + (s.missing.empty() ? 1.0 : 0.0) + (s.negation_agrees ? 0.25 : 0.0);
        };
        if (best == nullptr || rank(found) > rank(best_support)) {
            best = &item;
            best_support = found;
        }
    }
    if (best == nullptr) {
        out.reason = "no evidence";
        return out;
    }

    Support found = best_support;
    if (marks.empty()) {
        out.cited = {best->n};
    } else {
        std::string cited_text;
        std::string cited_titles;
        for (const unsigned mark : marks) {
            const auto item = std::find_if(evidence.begin(), evidence.end(),
                                           [&](const auto& e) { return e.n == mark; });
            if (item == evidence.end()) {
                out.cited = {best->n};
                out.reason = "the mark [" + std::to_string(mark) + "] has no evidence";
                return out;
            }
            cited_text.append(item->text).append("\n");
            cited_titles.append(item->title).append("\n");
            out.cited.push_back(mark);
        }
        found = support(parts, asked, vocabulary(cited_text), vocabulary(cited_titles));
    }

    if (!found.missing.empty()) {
        out.reason = "'" + found.missing + "' is not in the evidence";
    } else if (options.framed) {
        out.supported = true;
        return out;
    } else if (!found.negation_agrees) {
        out.reason = "it negates what the evidence does not, or the other way round";
    } else if (found.share < options.min_support) {
        out.reason = "too few of its words are in the evidence";
    } else if (!found.says_something) {
        out.reason = "it only repeats the question";
    } else {
        out.supported = true;
        return out;
    }
    // Marked wrongly, yet some other evidence carries it: the mark is mended, not the sentence.
    if (!marks.empty() && best_support.missing.empty() && best_support.negation_agrees &&
        best_support.share >= options.min_support && best_support.says_something) {
        out.supported = true;
        out.reason.clear();
    }
    out.cited = {best->n};
    return out;
}

bool negates(std::string_view text) {
    return vocabulary(text).negated;
}

Marked take_marks(std::string_view sentence, std::span<const NumberedEvidence> evidence) {
    std::set<unsigned> marks;
    Marked out{without_marks(sentence, marks), {}};
    for (const unsigned n : marks)
        if (std::any_of(evidence.begin(), evidence.end(),
                        [n](const NumberedEvidence& one) { return one.n == n; }))
            out.marks.push_back(n);
    return out;
}

std::string with_marks(std::string_view sentence, std::span<const unsigned> marks) {
    if (marks.empty()) return std::string(sentence);
    std::string tail;
    for (const unsigned mark : marks) tail.append("[").append(std::to_string(mark)).append("]");
    constexpr std::array<std::string_view, 6> stops{".", "!", "?", "。", "！", "？"};
    // "And so on...", "Really?!": the stops stay together.
    std::string_view body = sentence;
    for (bool again = true; again;) {
        again = false;
        for (const std::string_view stop : stops) {
            if (!ends_with(body, stop)) continue;
            body.remove_suffix(stop.size());
            again = true;
        }
    }
    const std::string_view words = body.substr(0, body.find_last_not_of(' ') + 1);  // "it ends ."
    return std::string(words) + " " + tail + std::string(sentence.substr(body.size()));
}

}  // namespace lectern
