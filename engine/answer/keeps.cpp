#include "engine/answer/keeps.hpp"

#include <algorithm>
#include <vector>

#include "text/content_words.hpp"
#include "text/question.hpp"
#include "text/text.hpp"

namespace lectern {
namespace {

constexpr double least_kept = 0.5;  // share of the content words that the evidence adds

bool has(const std::vector<text::Word>& words, const text::Word& wanted) {
    return std::any_of(words.begin(), words.end(), [&](const text::Word& word) {
        return wanted.number ? word.folded == wanted.folded
                             : text::same_stem(word.folded, wanted.folded);
    });
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

}  // namespace

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
