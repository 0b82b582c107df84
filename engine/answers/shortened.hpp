// engine/answers/shortened.hpp: what evidence may be shortened to without losing the answer.
//
// A small model that phrases in its own words is seldom to be trusted, but it chooses well. So the
// shorter forms of the evidence that say the same and keep what is asked for are made first, and a
// grammar lets the generator write one of them and nothing else.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/answers/verifier.hpp"

namespace lectern {

// Shorter forms of the evidence, longest first: its beginning up to the end of a clause, and of a
// list only the item that counts what is asked for. Each passes the verifier, follows the evidence,
// keeps the answer and is cut safely (keeps.hpp). Only for questions for a number, a date or a
// person, of which what must be kept is known; otherwise, and for evidence of several sentences,
// there is none. Pure; any thread.
[[nodiscard]] std::vector<std::string> shortened(std::string_view question,
                                                 const NumberedEvidence& evidence);

// GBNF in which one of the texts can be written.
[[nodiscard]] std::string one_of(std::span<const std::string> texts);

}  // namespace lectern
