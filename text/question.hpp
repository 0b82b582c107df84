// text/question.hpp: what kind of thing a question asks for, by its question words (wording.cpp has
// them: English, German, French, Spanish, and the commonest of Italian and Chinese).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lectern::text {

// "When", "how many" and the like: dates are numbers too.
[[nodiscard]] bool asks_for_number(std::string_view question);

// "When", "what year".
[[nodiscard]] bool asks_for_date(std::string_view question);

// "Who", "whom", "whose".
[[nodiscard]] bool asks_for_person(std::string_view question);

// "Where", "in which city".
[[nodiscard]] bool asks_for_place(std::string_view question);

// "Why", "for what reason".
[[nodiscard]] bool asks_for_reason(std::string_view question);

// What takes more than a fact to answer: "why", "how does", "explain", "the difference between".
[[nodiscard]] bool asks_to_explain(std::string_view question);

// Of "What is an encoder?" the folded words "encoder", and so of "What does encoder mean?", "What
// does the encoder function do?" and "Is an encoder a model?"; of "What is the role of titles?" all
// three of "role of titles". Empty when the question does not ask what something is.
[[nodiscard]] std::vector<std::string> asked_to_define(std::string_view question);

}  // namespace lectern::text
