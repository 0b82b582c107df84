// engine/answers/phrasing.hpp: whether a written sentence says what the evidence says.
//
// Words alone do not tell who lost to whom, so their order counts as well. All functions take text
// without marks; they are pure and safe from any thread.
#pragma once

#include <string_view>

namespace lectern {

// The sentence has no content word of its own, and at least four fifths of its content words stand
// in the evidence in the same order: it is the evidence, shortened or slightly rearranged.
[[nodiscard]] bool follows(std::string_view sentence, std::string_view evidence);

// The sentence has the answer in it, as it stands in the evidence but for case and white space.
[[nodiscard]] bool holds(std::string_view sentence, std::string_view answer);

// The sentence states the answer to the question: it holds it, what else it says are the question's
// own words in the question's order (at least four fifths; those of the evidence may stand among
// them), and nothing is said twice.
[[nodiscard]] bool states(std::string_view sentence, std::string_view answer,
                          std::string_view question, std::string_view evidence);

// The same words in the same order, but for case, punctuation and white space.
[[nodiscard]] bool same_words(std::string_view one, std::string_view other);

// Each two words that stand side by side do so in the question or the evidence, but for their
// endings: a small model that is held to given words may write "Moon the tides of the sea".
[[nodiscard]] bool hangs_together(std::string_view sentence, std::string_view question,
                                  std::string_view evidence);

// Each content word of the question that the evidence has, the sentence has as well.
[[nodiscard]] bool covers_question(std::string_view sentence, std::string_view question,
                                   std::string_view evidence);

// The text has each content word of the phrase.
[[nodiscard]] bool has_all(std::string_view text, std::string_view phrase);

// The answer has a content word that the question has not.
[[nodiscard]] bool says_more(std::string_view answer, std::string_view question);

// The sentence has a content word more often than the evidence has it: small models fall into
// loops.
[[nodiscard]] bool repeats(std::string_view sentence, std::string_view evidence);

}  // namespace lectern
