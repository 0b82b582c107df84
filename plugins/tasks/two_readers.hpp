// tasks/two_readers.hpp: what a trained reader says of passages, and what comparing sentences with
// the question says, as one.
//
// The trained reader knows where an answer stands; comparing (plugins/passages) knows which
// sentence is about the question. Each errs where the other does not: docs/evaluation.md has both
// and the two together.
#pragma once

#include <span>
#include <vector>

#include "passages/read.hpp"
#include "plugins/tasks/answer_spans.hpp"

namespace lectern::tasks {

// `read` has at most one sentence a passage, `compared` any number; both with scores of 0 to 1. At
// most `most`, best first; sentences that overlap are one. A compared sentence has a span where the
// trained reader's lies in it, else none (both ends 0). What has not the number, the date or the
// person that is asked for counts for less, whatever the readers say.
[[nodiscard]] std::vector<AnswerSentence> combine(std::string_view question,
                                                  std::span<const AnswerPassage> passages,
                                                  std::span<const AnswerSentence> read,
                                                  std::span<const passages::Evidence> compared,
                                                  std::size_t most);

// The passages that are worth the trained reader's time, `most` of `count`: those with the best
// sentences, in their order.
[[nodiscard]] std::vector<std::size_t> worth_reading(std::span<const passages::Evidence> compared,
                                                     std::size_t count, std::size_t most);

}  // namespace lectern::tasks
