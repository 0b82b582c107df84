// engine/answers/leaning_words.hpp: the words of a question that lean on what was said before:
// "it", "his", "those", "that year", "there".
#pragma once

#include <cstddef>
#include <vector>

#include "engine/answers/earlier_turn.hpp"
#include "engine/answers/question_parts.hpp"

namespace lectern::conversation {

struct Leaning {
    std::size_t first = 0;  // terms
    std::size_t end = 0;
    Kind kind = Kind::thing;
    bool possessive = false;
};

// In order. Words that stand for something in the question itself, or for nothing ("how long does
// it take to …"), are not among them.
[[nodiscard]] std::vector<Leaning> leaning_words(const QuestionParts& parts);

}  // namespace lectern::conversation
