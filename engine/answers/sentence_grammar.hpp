// engine/answers/sentence_grammar.hpp: the sentences that a generator may write around an answer.
#pragma once

#include <span>
#include <string>

namespace lectern {

// A grammar (GBNF) of one of these sentences; "" of none.
[[nodiscard]] std::string sentence_grammar(std::span<const std::string> sentences);

}  // namespace lectern
