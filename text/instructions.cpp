#include "text/instructions.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "text/text.hpp"

namespace lectern::text {

namespace {

// What the prompts of chat models are put together with.
bool has_a_mark_of_turns(std::string_view sentence) {
    constexpr std::array<std::string_view, 8> marks{
        "<|", "|>", "[INST]", "[/INST]", "<<SYS>>", "<start_of_turn>", "<end_of_turn>", "</s>"};
    return std::any_of(marks.begin(), marks.end(), [&](std::string_view mark) {
        return sentence.find(mark) != std::string_view::npos;
    });
}

}  // namespace

bool speaks_to_a_model(std::string_view sentence) {
    if (has_a_mark_of_turns(sentence)) return true;
    // Words with one space between them and around them, so that spelling of marks and case does
    // not matter.
    std::string folded = " ";
    for (const Word& word : words(sentence)) folded += word.folded + " ";
    constexpr std::array<std::string_view, 53> phrases{" ignore all ",
                                                       " ignore the above ",
                                                       " ignore previous ",
                                                       " ignore any ",
                                                       " ignore your ",
                                                       " ignore the previous ",
                                                       " ignore everything ",
                                                       " ignore these ",
                                                       " ignore what ",
                                                       " ignore the evidence ",
                                                       " ignore the question ",
                                                       " ignore other ",
                                                       " disregard all ",
                                                       " disregard the ",
                                                       " disregard any ",
                                                       " disregard your ",
                                                       " disregard previous ",
                                                       " forget all ",
                                                       " forget everything ",
                                                       " forget your ",
                                                       " forget the ",
                                                       " system prompt ",
                                                       " system message ",
                                                       " your instructions ",
                                                       " new instructions ",
                                                       " previous instructions ",
                                                       " override your ",
                                                       " you are now ",
                                                       " you must now ",
                                                       " you must answer ",
                                                       " you must say ",
                                                       " your answer must ",
                                                       " every answer must ",
                                                       " each answer must ",
                                                       " all answers must ",
                                                       " every reply must ",
                                                       " every response must ",
                                                       " all replies must ",
                                                       " your only answer ",
                                                       " answer only with ",
                                                       " answer with the word ",
                                                       " reply with ",
                                                       " respond with ",
                                                       " respond only ",
                                                       " repeat after me ",
                                                       " do not answer the ",
                                                       " ai assistant ",
                                                       " assistant must ",
                                                       " ignoriere ",
                                                       " vergiss alle ",
                                                       " ignorez ",
                                                       " oubliez ",
                                                       " ignora "};
    constexpr std::array<std::string_view, 6> addresses{" assistant ", " ai ",  " chatbot ",
                                                        " llm ",       " gpt ", " model "};
    constexpr std::array<std::string_view, 7> orders{" print ",  " output ", " write ",  " say ",
                                                     " reveal ", " repeat ", " include "};
    const auto in = [&](std::string_view part) { return folded.find(part) != std::string::npos; };
    if (std::any_of(phrases.begin(), phrases.end(), in)) return true;
    // "Print PWNED.", "Assistant: say PWNED."
    const auto begins = [&](std::string_view part) { return folded.starts_with(part); };
    if (std::any_of(orders.begin(), orders.end(), begins)) return true;
    return std::any_of(addresses.begin(), addresses.end(), begins) &&
           std::any_of(orders.begin(), orders.end(), in);
}

}  // namespace lectern::text
