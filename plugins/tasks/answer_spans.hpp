// tasks/answer_spans.hpp: the sentence of a passage that holds the answer to a question.
//
// The head of Devlin et al., "BERT" (2019), section 4.2 and 4.3 (SQuAD 1.1 and 2.0): each token has
// a logit of being the answer's first and one of being its last; a span's score is their sum, and
// the span of [CLS] alone stands for "no answer here". A passage longer than the model is read in
// windows that overlap.
#pragma once

#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "plugins/tasks/task_model.hpp"
#include "plugins/tasks/text_pairs.hpp"

namespace lectern::tasks {

struct AnswerOptions {
    std::size_t stride = 128;        // tokens that two windows of a passage share, at most
    std::size_t answer_tokens = 30;  // of the longest span
    double null_threshold = 0;       // a span must beat "no answer" by more than this
};

struct AnswerSentence {
    std::size_t passage = 0;
    std::size_t begin = 0;  // bytes of the passage: the sentences that the span touches
    std::size_t end = 0;
    std::size_t span_begin = 0;  // bytes of the passage: the answer itself
    std::size_t span_end = 0;
    double score = 0;  // logistic function of (span - no answer - threshold), above 0.5
};

// Safe from any thread.
class AnswerReader {
 public:
    // Throws Failure.
    AnswerReader(const TaskOptions& model, const std::filesystem::path& tokenizer,
                 const AnswerOptions& options);

    // At most `most`, best first, no sentence twice.
    [[nodiscard]] std::vector<AnswerSentence> read(std::string_view question,
                                                   std::span<const std::string_view> passages,
                                                   std::size_t most,
                                                   const std::function<void()>& check) const;

 private:
    TaskModel model_;
    PairTokenizer tokenizer_;
    AnswerOptions options_;
};

}  // namespace lectern::tasks
