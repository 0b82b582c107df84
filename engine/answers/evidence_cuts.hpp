// engine/answers/evidence_cuts.hpp: what a generator may write where the question has no frame
// (answer_frames.hpp): the evidence's own words in a row.
//
// Of "A GRU has two gates, the reset gate and the update gate." and "two" are "A GRU has two
// gates." and the whole. Cuts are made at marks, which every language has, and keep the answer and
// the question's words, so that no rule about a language is needed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace lectern {

// The evidence, then its cuts, at most 8; each ends with a stop. None when the evidence is not one
// sentence of plain text with the answer in it. A pure function.
[[nodiscard]] std::vector<std::string> evidence_cuts(std::string_view question,
                                                     std::string_view evidence,
                                                     std::string_view answer);

}  // namespace lectern
