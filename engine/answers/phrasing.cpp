#include "engine/answers/phrasing.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <vector>

#include "text/content_words.hpp"
#include "text/text.hpp"

namespace lectern {
namespace {

// Chosen on the question sets of docs/evaluation.md: a clause may move, a subject may not.
constexpr double least_in_order = 0.8;

using Words = std::vector<text::Word>;

bool same(const text::Word& a, const text::Word& b) {
    return a.number || b.number ? a.folded == b.folded : text::same_stem(a.folded, b.folded);
}

bool has(const Words& words, const text::Word& sought) {
    return std::any_of(words.begin(), words.end(),
                       [&](const text::Word& word) { return same(word, sought); });
}

Words content_of(std::string_view of) {
    Words out = text::words(of);
    std::erase_if(out, [](const text::Word& word) { return text::is_stop_word(word.folded); });
    return out;
}

// The longest common subsequence.
std::size_t in_order(const Words& left, const Words& right) {
    std::vector<std::size_t> row(right.size() + 1);
    for (const text::Word& word : left) {
        std::size_t diagonal = 0;
        for (std::size_t i = 0; i < right.size(); ++i) {
            const std::size_t above = row[i + 1];
            row[i + 1] = same(word, right[i]) ? diagonal + 1 : std::max(above, row[i]);
            diagonal = above;
        }
    }
    return row.back();
}

bool mostly(std::size_t part, std::size_t whole) {
    return static_cast<double>(part) >= least_in_order * static_cast<double>(whole);
}

// Folded words, one space apart: what is compared when the letters count.
std::string flat(std::string_view text) {
    std::string out = " ";
    for (const text::Word& word : text::words(text)) out.append(word.folded).append(" ");
    return out;
}

}  // namespace

bool follows(std::string_view sentence, std::string_view evidence) {
    const Words said = content_of(sentence);
    const Words known = content_of(evidence);
    return std::all_of(said.begin(), said.end(),
                       [&](const text::Word& word) { return has(known, word); }) &&
           mostly(in_order(said, known), said.size());
}

bool holds(std::string_view sentence, std::string_view answer) {
    const std::string flat_answer = flat(answer);
    return flat_answer.size() > 1 && flat(sentence).find(flat_answer) != std::string::npos;
}

bool states(std::string_view sentence, std::string_view answer, std::string_view question,
            std::string_view evidence) {
    if (!holds(sentence, answer)) return false;
    const Words answered = content_of(answer);
    const Words asked = content_of(question);
    const Words known = content_of(evidence);
    Words around = content_of(sentence);
    std::erase_if(around, [&](const text::Word& word) { return has(answered, word); });
    for (std::size_t i = 0; i < around.size(); ++i) {
        if (!has(asked, around[i]) && !has(known, around[i])) return false;
        for (std::size_t j = 0; j < i; ++j)
            if (same(around[i], around[j])) return false;
    }
    Words of_question = around;
    std::erase_if(of_question, [&](const text::Word& word) { return !has(asked, word); });
    return mostly(in_order(of_question, asked), of_question.size()) &&
           (of_question.size() == around.size() || mostly(in_order(around, known), around.size()));
}

bool same_words(std::string_view one, std::string_view other) {
    return flat(one) == flat(other);
}

bool hangs_together(std::string_view sentence, std::string_view question,
                    std::string_view evidence) {
    const Words said = text::words(sentence);
    const std::array<Words, 2> known{text::words(question), text::words(evidence)};
    const auto beside = [](const Words& words, const text::Word& left, const text::Word& right) {
        for (std::size_t i = 1; i < words.size(); ++i)
            if (same(words[i - 1], left) && same(words[i], right)) return true;
        return false;
    };
    for (std::size_t i = 1; i < said.size(); ++i)
        if (!beside(known[0], said[i - 1], said[i]) && !beside(known[1], said[i - 1], said[i]))
            return false;
    return true;
}

bool covers_question(std::string_view sentence, std::string_view question,
                     std::string_view evidence) {
    const Words asked = content_of(question);
    const Words known = content_of(evidence);
    const Words said = content_of(sentence);
    return std::all_of(asked.begin(), asked.end(), [&](const text::Word& word) {
        return !has(known, word) || has(said, word);
    });
}

bool has_all(std::string_view text, std::string_view phrase) {
    const Words of_phrase = content_of(phrase);
    const Words known = text::words(text);
    return std::all_of(of_phrase.begin(), of_phrase.end(),
                       [&](const text::Word& word) { return has(known, word); });
}

bool says_more(std::string_view answer, std::string_view question) {
    const Words asked = content_of(question);
    const Words said = content_of(answer);
    return std::any_of(said.begin(), said.end(),
                       [&](const text::Word& word) { return !has(asked, word); });
}

bool repeats(std::string_view sentence, std::string_view evidence) {
    const Words said = content_of(sentence);
    const Words known = content_of(evidence);
    const auto times = [](const Words& words, const text::Word& sought) {
        return std::count_if(words.begin(), words.end(),
                             [&](const text::Word& word) { return word.folded == sought.folded; });
    };
    return std::any_of(said.begin(), said.end(), [&](const text::Word& word) {
        return times(said, word) > std::max<std::ptrdiff_t>(1, times(known, word));
    });
}

}  // namespace lectern
