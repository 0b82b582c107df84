// engine/answers/answer_frames.hpp: sentences that state an answer in the question's own words.
//
// "When was SentencePiece published?" and 2018 are "SentencePiece was published in 2018.". By its
// form such a sentence claims nothing but that this is the answer.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "text/text.hpp"

namespace lectern {

struct Frame {
    std::string before;  // the answer: "SentencePiece was published in"
    std::string after;   // it: "parameters", "invented the LSTM"
};

// What the generator may choose between, at most 6; none where the question is of another kind or
// not English, or where the answer does not fit ("cuts a text into units" is nothing that a thing
// "is"). A pure function.
[[nodiscard]] std::vector<Frame> answer_frames(std::string_view question, std::string_view evidence,
                                               std::string_view answer);

// Of "Malkov and Yashunin described it" all who are asked for, where `answer` is one of them; else
// the answer.
[[nodiscard]] std::string whole_answer(std::string_view question, std::string_view evidence,
                                       std::string_view answer);

// "How many parameters?": where the reader has named a number that counts something else in the
// evidence, the one that counts what is asked for, if it is one. In bytes of the evidence. What it
// gains: "12" becomes "110 million" of "12 attention heads and 110 million parameters".
[[nodiscard]] std::optional<text::Range> other_number(std::string_view question,
                                                      std::string_view evidence,
                                                      std::string_view answer);

// The frame around the answer, as a sentence.
[[nodiscard]] std::string framed(const Frame& frame, std::string_view answer);

}  // namespace lectern
