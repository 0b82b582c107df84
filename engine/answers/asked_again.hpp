// engine/answers/asked_again.hpp: what a short question means, put as a whole one: with the names
// that its pronouns stand for, or in the words of the question before.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/answers/earlier_turn.hpp"
#include "engine/answers/leaning_words.hpp"
#include "engine/answers/question_parts.hpp"

namespace lectern::conversation {

// Without spaces and the marks within sentences at its ends.
[[nodiscard]] std::string_view trimmed(std::string_view text);

// With a capital and a question mark; "" of nothing.
[[nodiscard]] std::string as_question(std::string_view text);

// With each of the readings of the first leaning word; the others have their likeliest.
[[nodiscard]] std::vector<std::string> with_antecedents(const QuestionParts& parts,
                                                        const std::vector<Leaning>& leaning,
                                                        std::span<const EarlierTurn> history);

// "When was the LSTM invented by Firth and others", of the question who invented it.
[[nodiscard]] std::string passive(std::string_view asks, const QuestionParts& of,
                                  std::string_view agent);

// "When", "Why", "By whom", "How many layers": the rest is the question before.
[[nodiscard]] std::vector<std::string> asked_anew(const QuestionParts& asks,
                                                  const EarlierTurn& before);

// "BERT Large", "in 2019": the fragment takes the place of its like in the question before.
[[nodiscard]] std::vector<std::string> in_place_of(std::string_view fragment,
                                                   const EarlierTurn& before);

}  // namespace lectern::conversation
