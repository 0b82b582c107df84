// engine/answers/sentence_grammar.hpp: the sentences that a generator may write around an answer.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace lectern {

// A grammar (GBNF) of one of these sentences; "" of none.
[[nodiscard]] std::string sentence_grammar(std::span<const std::string> sentences);

// On one line, each run of white space as one space; "" when it is not plain text: bytes that are
// no UTF-8, control characters, or brackets that would pass for marks or for the fence.
[[nodiscard]] std::string one_plain_line(std::string_view text);

[[nodiscard]] std::string with_capital(std::string_view sentence);

}  // namespace lectern
