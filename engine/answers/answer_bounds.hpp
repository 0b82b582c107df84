// engine/answers/answer_bounds.hpp: where evidence and the answer in it begin and end, where a
// reader has cut too close.
//
// All functions are pure. What each of them mends is in answer_bounds_test.cpp.
#pragma once

#include <string>
#include <string_view>

#include "text/text.hpp"

namespace lectern {

// A sentence that says nothing but what is asked ("RAG can fail in three places." of "In which
// three places can RAG fail?"), or ends with a colon, only leads to what answers: with what follows
// it in the passage. Else the range as it was. Of a question that yes or no answers, and of what
// speaks to a model, nothing is taken in.
[[nodiscard]] text::Range with_what_follows(std::string_view question, std::string_view passage,
                                            text::Range evidence);

// Not within a word or a number, nor without its sign: "40" of "40%", "GPT" of "GPT-2".
[[nodiscard]] text::Range whole_words(std::string_view passage, text::Range answer);

// "more than 40" of "40", where the evidence says so: what a number is only the bound of is another
// statement without it.
[[nodiscard]] std::string with_its_bound(std::string_view evidence, std::string_view answer);

}  // namespace lectern
