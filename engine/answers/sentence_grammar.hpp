// engine/answers/sentence_grammar.hpp: the sentences that a generator may write around an answer.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "engine/answers/answer_frames.hpp"

namespace lectern {

// A grammar (GBNF) of one sentence. Where the question has frames (answer_frames.hpp), one of these
// around the answer. Else, in English, words of the question and of the evidence and a few that
// carry no content, among them the answer as it stands in the evidence, and a full stop: a small
// model that may use no others seldom leaves what it was given. "": no sentence can be written so
// (another language, an answer that is not plain text, too few words).
[[nodiscard]] std::string sentence_grammar(std::string_view question, std::string_view evidence,
                                           std::string_view answer, std::span<const Frame> frames);

}  // namespace lectern
