// engine/answers/conversation.hpp: a question that leans on the one before, put so that it stands
// alone.
//
// "When did they do it?" after "Who invented the LSTM?" and its answer is "When was the LSTM
// invented by Sepp Hochreiter and Jürgen Schmidhuber?". Pronouns get the name or the words they
// stand for, by what kind of pronoun it is and what was asked and answered; "And in 2019?", "What
// about BERT Large?" and "Why?" take the place of their like in the question before. No model takes
// part: where more than one reading is possible all are given, and the search and the reader say
// which of them the collection answers.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "lectern/lectern.hpp"

namespace lectern {

// What the question may mean after `history` (the oldest first; the last 8 turns are read), the
// likeliest first, at most 4. The question as it is, and nothing else, when it stands alone. A pure
// function; safe from any thread.
[[nodiscard]] std::vector<std::string> standing_alone(std::string_view question,
                                                      std::span<const Turn> history);

}  // namespace lectern
