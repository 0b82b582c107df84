#include "text/question.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "text/content_words.hpp"
#include "text/text.hpp"
#include "text/wording.hpp"

namespace lectern::text {
namespace {

// The folded words from one on, with a space before and behind each.
std::string spaced(const std::vector<Word>& words, std::size_t from = 0) {
    std::string out = " ";
    for (std::size_t i = from; i < words.size(); ++i) out += words[i].folded + " ";
    return out;
}

bool has(Wording what, std::string_view question) {
    return has_worded(what, spaced(words(question)), question);
}

// True when one of these is the first question word, or is asked besides ("and when?"). In "What
// happens when it rains?" nobody asks when.
bool asks_by(Wording asking, std::string_view question) {
    bool other = false;
    std::string before;
    for (const Word& word : words(question)) {
        if (is_worded(asking, word.folded) && (!other || is_worded(Wording::besides, before)))
            return true;
        other = other || is_worded(Wording::other_asking, word.folded);
        before = word.folded;
    }
    return false;
}

bool is_article(const Word& word) {
    return is_worded(Wording::asked_article, word.folded);
}

}  // namespace

bool asks_for_number(std::string_view question) {
    return has(Wording::number, question) || asks_by(Wording::when, question);
}

bool asks_for_date(std::string_view question) {
    return has(Wording::date, question) || asks_by(Wording::when, question);
}

bool asks_for_person(std::string_view question) {
    // Where words have no spaces between, "who" may stand anywhere.
    return asks_by(Wording::person, question) || has_worded(Wording::person, "", question);
}

bool asks_for_place(std::string_view question) {
    return has(Wording::place, question);
}

bool asks_for_reason(std::string_view question) {
    return has(Wording::reason, question);
}

bool asks_to_explain(std::string_view question) {
    if (asks_for_reason(question)) return true;
    return !asks_for_number(question) && has(Wording::explanation, question);
}

namespace {

// Of "Is BERT a decoder?" the words between the verb and the article: it asks what BERT is.
std::vector<std::string> asked_to_be(const std::vector<Word>& words) {
    constexpr std::array<std::string_view, 3> english{"a", "an", "the"};
    if (words.empty() || !is_worded(Wording::being, words.front().folded)) return {};
    std::vector<std::string> out;
    for (std::size_t i = 1; i < words.size(); ++i) {
        // In German "was" asks what: "Was macht der Decoder?"
        if (words.front().folded == "was" && is_article(words[i]) &&
            std::find(english.begin(), english.end(), words[i].folded) == english.end())
            return {};
        if (i > 1 && is_article(words[i])) return out;
        if (!is_article(words[i])) out.push_back(words[i].folded);
    }
    return {};
}

}  // namespace

std::vector<std::string> asked_to_define(std::string_view question) {
    constexpr std::array<std::string_view, 3> endings{" mean ", " stand for ", " do "};
    constexpr std::size_t most_words = 6;
    const std::vector<Word> all = words(question);
    const std::string folded = spaced(all);
    std::size_t begin = begins_worded(Wording::definition, folded);
    std::size_t end = all.size();
    for (const std::string_view ending : endings)
        if (folded.starts_with(" what does ") && folded.ends_with(ending)) {
            begin = 2;
            end -= static_cast<std::size_t>(std::count(ending.begin(), ending.end(), ' ')) - 1;
        }
    std::vector<std::string> out;
    if (begin == 0) out = asked_to_be(all);
    for (std::size_t i = begin; begin > 0 && i < end; ++i)
        if (!out.empty() || !is_article(all[i])) out.push_back(all[i].folded);
    // "the COPY command" is COPY.
    if (out.size() > 1 && is_worded(Wording::kind, out.back())) out.pop_back();
    const bool any = std::any_of(out.begin(), out.end(),
                                 [](const std::string& word) { return !is_stop_word(word); });
    if (!any || out.size() > most_words) out.clear();
    return out;
}

}  // namespace lectern::text
