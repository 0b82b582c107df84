#include "passages/overlap.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "text/content_words.hpp"
#include "text/question.hpp"

namespace lectern::passages {
namespace {

constexpr double context_part = 0.5;    // of a word in the title, the heading, what it leans on
constexpr double named_part = 0.9;      // in a heading that names nothing but what is asked about
constexpr double neighbour_part = 0.3;  // of a word that only the sentence before has
// In a collection about one thing its name is everywhere and would weigh nothing; yet a sentence
// that has not the name is often about another.
constexpr double least_of_a_name = 1;
// A plain word that no candidate has is often said in other words ("invented", "published"); a name
// or a number that no candidate has is missed.
constexpr double unsaid_part = 0.5;

// What "how large" and "what year" ask by, when they ask for a number.
bool measures(std::string_view folded) {
    constexpr std::array<std::string_view, 8> words{"many",  "much", "old",        "long",
                                                    "large", "year", "percentage", "percent"};
    return std::find(words.begin(), words.end(), folded) != words.end();
}

// Begins with a capital or a digit, and not only because the question begins there.
bool is_name(std::string_view question, const text::Word& word) {
    const std::string_view written = piece(question, word.range);
    const bool capital = text::fold(text::prefix(written, 4)) != text::prefix(written, 4);
    return word.number || (capital && word.range.begin > 0);
}

bool has(const std::vector<text::Word>& words, const AskedWord& asked) {
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (asked.joined_to.empty()) {
            if (text::same_stem(words[i].folded, asked.folded)) return true;
        } else if (words[i].folded == asked.joined_to + asked.folded ||
                   (i > 0 && words[i].folded == asked.folded &&
                    words[i - 1].folded == asked.joined_to)) {
            return true;
        }
    }
    return false;
}

// "port (integer)" and "The port" name the port and nothing else.
bool names_only(std::string_view heading, const std::vector<AskedWord>& asked) {
    const std::size_t note = heading.find_first_of("([");
    if (note != std::string_view::npos && note > 0) heading = heading.substr(0, note);
    bool any = false;
    for (const text::Word& word : text::words(heading)) {
        if (text::is_stop_word(word.folded) || (word.number && !any)) continue;
        if (std::none_of(asked.begin(), asked.end(), [&](const AskedWord& other) {
                return text::same_stem(word.folded, other.folded);
            }))
            return false;
        any = true;
    }
    return any;
}

// What the word counts for the sentences under a heading that has it, or a title; 0 when none has.
double part_of_heading(const Candidate& candidate, const Passage& passage, const AskedWord& word,
                       const std::vector<AskedWord>& asked) {
    if (has(text::words(candidate.heading), word))
        return names_only(candidate.heading, asked) ? named_part : context_part;
    return has(text::words(passage.title), word) ? context_part : 0;
}

}  // namespace

std::vector<AskedWord> content_words(std::string_view question) {
    std::vector<AskedWord> all;
    std::vector<AskedWord> out;
    const auto add = [](std::vector<AskedWord>& to, const AskedWord& word) {
        const auto same = [&](const AskedWord& other) {
            return other.folded == word.folded && other.joined_to == word.joined_to;
        };
        if (std::none_of(to.begin(), to.end(), same)) to.push_back(word);
    };
    const bool number = text::asks_for_number(question);
    const std::vector<text::Word> words = text::words(question);
    for (std::size_t i = 0; i < words.size(); ++i) {
        const text::Word& word = words[i];
        AskedWord asked{word.folded, is_name(question, word), {}};
        if (i > 0 && word.number &&
            piece(question, {words[i - 1].range.end, word.range.begin}) == "-")
            asked.joined_to = words[i - 1].folded;
        add(all, asked);
        if (text::is_stop_word(word.folded) || (number && measures(word.folded))) continue;
        add(out, asked);
    }
    return out.empty() ? all : out;
}

std::vector<char> missing_names(const std::vector<AskedWord>& asked,
                                const std::vector<Passage>& passages) {
    std::vector<char> out;
    for (const Passage& passage : passages) {
        const std::vector<text::Word> title = text::words(passage.title);
        const std::vector<text::Word> words = text::words(passage.text);
        out.push_back(std::any_of(asked.begin(), asked.end(), [&](const AskedWord& word) {
            return word.name && !has(words, word) && !has(title, word);
        }));
    }
    return out;
}

Overlap::Overlap(std::string_view question, const std::vector<Candidate>& candidates,
                 const std::vector<Passage>& passages)
    : values_(candidates.size()) {
    const std::vector<AskedWord> asked = content_words(question);
    known_ = !asked.empty();
    std::vector<std::vector<text::Word>> before;
    before.reserve(candidates.size());
    for (const Candidate& candidate : candidates)
        before.push_back(text::words(piece(passages[candidate.passage].text, candidate.before)));
    double total = 0;
    std::vector<char> found(candidates.size());
    for (const AskedWord& word : asked) {
        std::size_t count = 0;
        for (std::size_t i = 0; i < candidates.size(); ++i) {
            found[i] = has(candidates[i].words, word) ? 1 : 0;
            count += static_cast<std::size_t>(found[i]);
        }
        const auto all = static_cast<double>(candidates.size());
        const auto some = static_cast<double>(count);
        double weight = std::log(1 + (all - some + 0.5) / (some + 0.5));
        if (count == 0 && !word.name) weight *= unsaid_part;
        if (word.name) weight = std::max(weight, least_of_a_name);
        total += weight;

        const Candidate* last = nullptr;  // whose heading and title were looked at
        double in_heading = 0;
        for (std::size_t i = 0; i < candidates.size(); ++i) {
            if (found[i] != 0) {
                values_[i] += weight;
                continue;
            }
            const Candidate& candidate = candidates[i];
            if (last == nullptr || last->passage != candidate.passage ||
                last->heading.data() != candidate.heading.data()) {
                in_heading = part_of_heading(candidate, passages[candidate.passage], word, asked);
                last = &candidate;
            }
            const bool leans = candidate.context_begin < candidate.range.begin;
            if (in_heading > 0)
                values_[i] += weight * in_heading;
            else if (has(before[i], word))
                values_[i] += weight * (leans ? context_part : neighbour_part);
        }
    }
    if (total > 0)
        for (double& value : values_) value /= total;
}

}  // namespace lectern::passages
