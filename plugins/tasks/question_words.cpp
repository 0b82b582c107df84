#include "plugins/tasks/question_words.hpp"

#include <algorithm>

#include "text/content_words.hpp"
#include "text/text.hpp"

namespace lectern::tasks {
namespace {

// "Miller's" of Miller.
std::string_view without_possessive(std::string_view folded) {
    for (const std::string_view ending : {"'s", "\u2019s"})
        if (folded.size() > ending.size() && folded.ends_with(ending))
            folded.remove_suffix(ending.size());
    return folded;
}

}  // namespace

QuestionWords::QuestionWords(std::string_view question) {
    bool first = true;
    for (text::Word& word : text::words(question)) {
        const std::string_view written =
            question.substr(word.range.begin, word.range.end - word.range.begin);
        // The first word of a question has a capital in any case.
        const bool capital =
            !first && text::fold(text::prefix(written, 4)) != text::prefix(written, 4);
        first = false;
        if (text::is_stop_word(word.folded)) continue;
        words_.push_back({std::string(without_possessive(word.folded)), word.number || capital});
    }
}

QuestionWords::Found QuestionWords::in(std::string_view text) const {
    Found out;
    if (words_.empty()) return out;
    const std::vector<text::Word> there = text::words(text);
    std::size_t found = 0;
    for (const Asked& asked : words_) {
        const bool has = std::any_of(there.begin(), there.end(), [&](const text::Word& word) {
            return asked.exact ? without_possessive(word.folded) == asked.folded
                               : text::same_stem(word.folded, asked.folded);
        });
        if (has)
            ++found;
        else if (asked.exact)
            ++out.missing;
    }
    out.share = static_cast<double>(found) / static_cast<double>(words_.size());
    return out;
}

}  // namespace lectern::tasks
