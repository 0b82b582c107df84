#include "text/question.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "text/text.hpp"

namespace lectern::text {

bool asks_for_number(std::string_view question) {
    std::string folded = " ";
    for (const text::Word& word : words(question)) folded += word.folded + " ";
    constexpr std::array<std::string_view, 16> spaced{
        " when ",       " how many ",  " how much ",   " how old ",         " how long ",
        " how large ",  " what year ", " which year ", " what percentage ", " what percent ",
        " what share ", " wann ",      " wie viele ",  " wie viel ",        " combien ",
        " cuántos "};
    constexpr std::array<std::string_view, 4> unspaced{"多少", "哪一年", "哪年", "何时"};
    const auto in = [](std::string_view text) {
        return [text](std::string_view part) { return text.find(part) != std::string_view::npos; };
    };
    return std::any_of(spaced.begin(), spaced.end(), in(folded)) ||
           std::any_of(unspaced.begin(), unspaced.end(), in(question));
}

bool asks_for_person(std::string_view question) {
    constexpr std::array<std::string_view, 11> asking{
        "who", "whom", "whose", "wer", "wen", "wem", "qui", "quién", "quiénes", "wessen", "谁"};
    const std::vector<Word> all = words(question);
    return std::any_of(all.begin(), all.end(), [&](const Word& word) {
        return std::find(asking.begin(), asking.end(), word.folded) != asking.end();
    });
}

}  // namespace lectern::text
