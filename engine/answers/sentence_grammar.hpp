// engine/answers/sentence_grammar.hpp: the sentences that a generator may write around an answer.
#pragma once

#include <string>
#include <string_view>

namespace lectern {

// A grammar (GBNF) of one sentence: words of the question and of the evidence and, in English, a
// few that carry no content; among them the answer as it stands in the evidence; a full stop. A
// small model that may use no others seldom leaves what it was given. "": no sentence can be
// written so (the answer is not one line of plain text, or the evidence has too few words).
[[nodiscard]] std::string sentence_grammar(std::string_view question, std::string_view evidence,
                                           std::string_view answer);

}  // namespace lectern
