#include "text/question.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "text/content_words.hpp"
#include "text/text.hpp"

namespace lectern::text {
namespace {

// The folded words with a space before and behind each.
std::string spaced(std::string_view question) {
    std::string out = " ";
    for (const Word& word : words(question)) out += word.folded + " ";
    return out;
}

// `phrases` are words with spaces around them; `unspaced` is looked for as it stands.
template <std::size_t phrase_count, std::size_t unspaced_count>
bool has_one_of(std::string_view question,
                const std::array<std::string_view, phrase_count>& phrases,
                const std::array<std::string_view, unspaced_count>& unspaced) {
    const std::string folded = spaced(question);
    return std::any_of(phrases.begin(), phrases.end(),
                       [&](auto part) { return folded.find(part) != std::string::npos; }) ||
           std::any_of(unspaced.begin(), unspaced.end(),
                       [&](auto part) { return question.find(part) != std::string_view::npos; });
}

// True when one of `asking` is the first question word, or is asked besides ("and when?"). In "What
// happens when it rains?" nobody asks when.
template <std::size_t count>
bool asks_by(std::string_view question, const std::array<std::string_view, count>& asking) {
    constexpr std::array<std::string_view, 15> others{"what",  "which", "why", "where",  "how",
                                                      "warum", "wie",   "wo",  "welche", "que",
                                                      "quoi",  "où",    "qué", "cómo",   "dónde"};
    constexpr std::array<std::string_view, 6> besides{"and", "or", "und", "oder", "et", "y"};
    bool other = false;
    std::string before;
    for (const Word& word : words(question)) {
        const auto is = [&](std::string_view one) { return one == word.folded; };
        if (std::any_of(asking.begin(), asking.end(), is))
            if (!other || std::find(besides.begin(), besides.end(), before) != besides.end())
                return true;
        other = other || std::any_of(others.begin(), others.end(), is);
        before = word.folded;
    }
    return false;
}

constexpr std::array<std::string_view, 4> asking_when{"when", "wann", "quand", "cuándo"};

}  // namespace

bool asks_for_number(std::string_view question) {
    constexpr std::array<std::string_view, 19> phrases{
        " how many ",     " how much ",   " how old ",   " how long ",   " how large ",
        " how far ",      " how tall ",   " how big ",   " how fast ",   " how often ",
        " how high ",     " how heavy ",  " what year ", " which year ", " what percentage ",
        " what percent ", " what share ", " wie viele ", " wie viel "};
    constexpr std::array<std::string_view, 10> others{
        " combien ",  " cuántos ",   " cuántas ",  " wie alt ",  " wie lange ",
        " wie groß ", " wie gross ", " wie hoch ", " wie weit ", " wie oft "};
    constexpr std::array<std::string_view, 6> unspaced{"多少", "哪一年", "哪年",
                                                       "何时", "几个",   "几年"};
    return has_one_of(question, phrases, unspaced) || has_one_of(question, others, unspaced) ||
           asks_by(question, asking_when);
}

bool asks_for_date(std::string_view question) {
    constexpr std::array<std::string_view, 10> phrases{
        " what year ",       " which year ",     " what date ",     " what month ",
        " what day ",        " what century ",   " which century ", " what decade ",
        " in welchem jahr ", " en quelle année "};
    constexpr std::array<std::string_view, 4> unspaced{"哪一年", "哪年", "何时", "什么时候"};
    return has_one_of(question, phrases, unspaced) || asks_by(question, asking_when);
}

bool asks_for_person(std::string_view question) {
    constexpr std::array<std::string_view, 10> asking{"who", "whom",   "whose", "wer",   "wen",
                                                      "wem", "wessen", "qui",   "quién", "quiénes"};
    return asks_by(question, asking) || question.find("谁") != std::string_view::npos;
}

bool asks_for_place(std::string_view question) {
    constexpr std::array<std::string_view, 16> phrases{
        " where ",          " what city ",  " which city ", " what country ", " which country ",
        " what town ",      " which town ", " what place ", " what state ",   " which state ",
        " what location ",  " wo ",         " où ",         " dónde ",        " what continent ",
        " which continent "};
    constexpr std::array<std::string_view, 3> unspaced{"哪里", "在哪", "何处"};
    return has_one_of(question, phrases, unspaced);
}

bool asks_for_reason(std::string_view question) {
    constexpr std::array<std::string_view, 12> phrases{
        " why ",        " how come ", " what reason ", " which reason ",
        " the reason ", " warum ",    " weshalb ",     " wieso ",
        " pourquoi ",   " por qué ",  " perché ",      " what causes "};
    constexpr std::array<std::string_view, 2> unspaced{"为什么", "为何"};
    return has_one_of(question, phrases, unspaced);
}

bool asks_to_explain(std::string_view question) {
    if (asks_for_reason(question)) return true;
    if (asks_for_number(question)) return false;
    constexpr std::array<std::string_view, 16> phrases{
        " how ",        " explain ", " describe ",   " difference ", " differences ", " differ ",
        " differs ",    " compare ", " wie ",        " erkläre ",    " unterschied ", " comment ",
        " différence ", " cómo ",    " diferencia ", " explica "};
    constexpr std::array<std::string_view, 4> unspaced{"怎么", "如何", "区别", "解释"};
    return has_one_of(question, phrases, unspaced);
}

namespace {

constexpr std::array<std::string_view, 12> articles{"a",   "an",   "the", "der", "die", "das",
                                                    "ein", "eine", "el",  "la",  "un",  "una"};

bool is_article(const Word& word) {
    return std::find(articles.begin(), articles.end(), word.folded) != articles.end();
}

// Of "Is BERT a decoder?" the words between the verb and the article: it asks what BERT is.
std::vector<std::string> asked_to_be(const std::vector<Word>& words) {
    constexpr std::array<std::string_view, 8> verbs{"is",  "are",  "was", "were",
                                                    "ist", "sind", "es",  "fue"};
    if (words.empty() || std::find(verbs.begin(), verbs.end(), words.front().folded) == verbs.end())
        return {};
    constexpr std::array<std::string_view, 3> english{"a", "an", "the"};
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

std::vector<std::string> asked_to_count(std::string_view question) {
    constexpr std::array<std::string_view, 4> how_many{"combien", "cuántos", "cuántas", "wieviele"};
    constexpr std::array<std::string_view, 2> of{"de", "d"};
    const std::vector<Word> all = words(question);
    const auto at = [&](std::size_t i) {
        return i < all.size() ? std::string_view(all[i].folded) : std::string_view();
    };
    for (std::size_t i = 0; i < all.size(); ++i) {
        std::size_t next = i + 1;
        if ((at(i) == "how" && at(next) == "many") || (at(i) == "wie" && at(next) == "viele"))
            ++next;
        else if (std::find(how_many.begin(), how_many.end(), at(i)) == how_many.end())
            continue;
        if (std::find(of.begin(), of.end(), at(next)) != of.end()) ++next;
        std::vector<std::string> out;
        for (; next < all.size() && !is_stop_word(at(next)); ++next) out.emplace_back(at(next));
        return out;
    }
    return {};
}

std::vector<std::string> asked_to_define(std::string_view question) {
    constexpr std::array<std::string_view, 17> beginnings{
        " what is ", " what are ", " what was ", " what were ", " who is ",   " who was ",
        " who are ", " who were ", " define ",   " was ist ",   " was sind ", " wer ist ",
        " wer war ", " qué es ",   " qué son ",  " quién es ",  " quién fue "};
    constexpr std::array<std::string_view, 2> endings{" mean ", " stand for "};
    constexpr std::size_t most_words = 6;
    const std::vector<Word> all = words(question);
    const std::string folded = spaced(question);
    const auto words_in = [](std::string_view phrase) {
        return static_cast<std::size_t>(std::count(phrase.begin(), phrase.end(), ' ')) - 1;
    };
    std::size_t begin = 0;
    std::size_t end = all.size();
    for (const std::string_view beginning : beginnings)
        if (folded.starts_with(beginning)) begin = words_in(beginning);
    for (const std::string_view ending : endings)
        if (folded.starts_with(" what does ") && folded.ends_with(ending)) {
            begin = 2;
            end -= words_in(ending);
        }
    std::vector<std::string> out;
    if (begin == 0) out = asked_to_be(all);
    for (std::size_t i = begin; begin > 0 && i < end; ++i)
        if (!out.empty() || !is_article(all[i])) out.push_back(all[i].folded);
    const bool any = std::any_of(out.begin(), out.end(),
                                 [](const std::string& word) { return !is_stop_word(word); });
    if (!any || out.size() > most_words) out.clear();
    return out;
}

}  // namespace lectern::text
