#include "engine/answer/keeps.hpp"

#include <algorithm>
#include <vector>

#include "text/content_words.hpp"
#include "text/question.hpp"
#include "text/text.hpp"

namespace lectern {
namespace {

constexpr double least_kept = 0.5;      // share of the content words that the evidence adds
constexpr double least_in_order = 0.8;  // share of a sentence's content words

bool same(const text::Word& a, const text::Word& b) {
    return a.number || b.number ? a.folded == b.folded : text::same_stem(a.folded, b.folded);
}

bool has(const std::vector<text::Word>& words, const text::Word& wanted) {
    return std::any_of(words.begin(), words.end(),
                       [&](const text::Word& word) { return same(word, wanted); });
}

// Written with a capital that the beginning of a sentence does not explain.
bool is_name(std::string_view in, const text::Word& word) {
    const std::string_view written = in.substr(word.range.begin, word.range.end - word.range.begin);
    const std::string_view first = text::prefix(written, 4);
    if (text::fold(first) == first || word.number) return false;
    const std::size_t before = in.substr(0, word.range.begin).find_last_not_of(" \"'([*_\n");
    return before != std::string_view::npos &&
           std::string_view(".!?").find(in[before]) == std::string_view::npos;
}

std::vector<text::Word> content_of(std::string_view of) {
    std::vector<text::Word> out = text::words(of);
    std::erase_if(out, [](const text::Word& word) { return text::is_stop_word(word.folded); });
    return out;
}

// The longest common subsequence.
std::size_t in_order(const std::vector<text::Word>& left, const std::vector<text::Word>& right) {
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

}  // namespace

bool follows(std::string_view sentence, std::string_view evidence) {
    const std::vector<text::Word> said = content_of(sentence);
    const std::vector<text::Word> known = content_of(evidence);
    if (!std::all_of(said.begin(), said.end(),
                     [&](const text::Word& word) { return has(known, word); }))
        return false;
    return static_cast<double>(in_order(said, known)) >=
           least_in_order * static_cast<double>(said.size());
}

bool keeps_the_answer(std::string_view sentence, std::string_view question,
                      std::string_view evidence) {
    const std::vector<text::Word> said = text::words(sentence);
    const std::vector<text::Word> asked = text::words(question);
    std::vector<text::Word> added;
    for (text::Word& word : text::words(evidence))
        if (!text::is_stop_word(word.folded) && !has(asked, word)) added.push_back(std::move(word));

    const auto keeps_all = [&](auto wanted) {
        bool any = false;
        for (const text::Word& word : added) {
            if (!wanted(word)) continue;
            if (!has(said, word)) return false;
            any = true;
        }
        return any;
    };
    const auto is_number = [](const text::Word& word) { return word.number; };
    const auto is_named = [&](const text::Word& word) { return is_name(evidence, word); };
    if (text::asks_for_number(question) && std::any_of(added.begin(), added.end(), is_number))
        return keeps_all(is_number);
    if (text::asks_for_person(question) && std::any_of(added.begin(), added.end(), is_named))
        return keeps_all(is_named);
    const auto kept = std::count_if(added.begin(), added.end(),
                                    [&](const text::Word& word) { return has(said, word); });
    return static_cast<double>(kept) >= least_kept * static_cast<double>(added.size());
}

}  // namespace lectern
