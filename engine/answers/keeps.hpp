// engine/answers/keeps.hpp: whether a written sentence still says what the evidence says, and what
// was asked for.
//
// Words alone do not tell who lost to whom. A sentence follows its evidence when it has no content
// word of its own (a question's word may be the wrong one: "lost" for "defeated") and at least four
// fifths of its content words stand in the evidence in the same order: it is the evidence,
// shortened or slightly rearranged.
//
// A true sentence can be a worse answer than the evidence it was made from: asked "Who was
// appointed?", a small model may repeat who appointed. A sentence keeps the answer when it has
// every number (for "when"; for "how many" those that count what is asked for, if any do) or name
// (for "who") that the evidence adds to the question, and otherwise at least half of the content
// words that the evidence adds.
#pragma once

#include <string_view>

namespace lectern {

// All are text without marks. Pure; any thread.
[[nodiscard]] bool keeps_the_answer(std::string_view sentence, std::string_view question,
                                    std::string_view evidence);

// Whether the evidence adds to the question what it asks for: a number, or a name. Of "only when it
// rained" nobody can tell which words answer "When?".
[[nodiscard]] bool knows_what_to_keep(std::string_view question, std::string_view evidence);

// True of a sentence whose words are the evidence's, in its order, when what it leaves out changes
// nothing of what it says: whole items of a list, or the end behind a finished phrase; no word that
// bounds a claim ("not", "only", "may"); before a word that it keeps no name or number (from "in
// 1990 and in 1991" nobody may make "in 1991"), unless the word counts the thing that is asked for.
// True also of any other sentence.
[[nodiscard]] bool cuts_safely(std::string_view sentence, std::string_view question,
                               std::string_view evidence);

[[nodiscard]] bool follows(std::string_view sentence, std::string_view evidence);

}  // namespace lectern
