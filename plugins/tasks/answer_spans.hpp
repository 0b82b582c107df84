// tasks/answer_spans.hpp: the shortest bytes of passages that answer a question, and the sentences
// around them.
//
// The head of Devlin et al., "BERT" (2019), section 4.2 and 4.3 (SQuAD 1.1 and 2.0): each token has
// a logit of being the answer's first and one of being its last; a span's score is their sum. In a
// model of that paper the span of [CLS] alone stands for "no answer here". A model that was trained
// for Lectern (training/) has a third output over [CLS], whether the passage answers at all, and
// its folder says how that logit becomes a probability. A passage longer than the model is read in
// windows that overlap.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/tasks/task_model.hpp"
#include "plugins/tasks/text_pairs.hpp"

namespace lectern::tasks {

struct AnswerOptions {
    std::size_t stride = 128;        // tokens that two windows of a passage share, at most
    std::size_t answer_tokens = 30;  // of the longest span
    double null_threshold = 0;  // a span must beat "no answer" by more than this (two outputs only)
    double min_score = 0.02;    // less is no evidence (three outputs only)
};

struct AnswerPassage {
    std::string_view title;  // read before the text: a passage seldom names its subject. May be ""
    std::string_view text;
    double score = 0;  // of the search: larger is better
};

// What is read of a passage: its title, where the text does not begin with it, and the text.
struct TitledText {
    std::string text;
    std::size_t before = 0;  // bytes of it that come before the passage's own text
};
[[nodiscard]] TitledText titled(const AnswerPassage& passage);

// A stretch of a passage, from its token `from` on, behind the question.
struct ReadWindow {
    std::size_t from = 0;
    Pair pair;
};
// Of a whole passage that has tokens, in windows that share at most `stride` of them.
[[nodiscard]] std::vector<ReadWindow> read_windows(const PairTokenizer& tokenizer,
                                                   const Tokens& question, const Tokens& passage,
                                                   std::size_t stride);

struct AnswerSentence {
    std::size_t passage = 0;
    std::size_t begin = 0;  // bytes of the passage's text: the sentences that the span touches
    std::size_t end = 0;
    std::size_t span_begin = 0;  // bytes of the passage's text: the answer itself
    std::size_t span_end = 0;
    double score = 0;  // 0 to 1: the probability that the passage answers
    // What that was made of, by a model with three outputs (see Calibration).
    struct Signs {
        double answers = 0;
        double sureness = 0;
        double similarity = 0;
        double overlap = 0;
        double sentence_overlap = 0;
        double missing = 0;
    } signs = {};
    // How likely it is this span, if anything in the passage answers, and how likely the likeliest
    // other one that shares no token with it; both 0: there is no span.
    double span_probability = 0;
    double other_probability = 0;
};

// Safe from any thread.
class AnswerReader {
 public:
    // Throws Failure.
    AnswerReader(const TaskOptions& model, const std::filesystem::path& tokenizer,
                 const AnswerOptions& options);

    // Whether the model says that a passage answers (three outputs); then each passage gives at
    // most one sentence.
    [[nodiscard]] bool judges() const noexcept { return model_.labels() == 3; }

    [[nodiscard]] const Calibration& calibration() const noexcept { return model_.calibration(); }

    // At most `most`, best first, no sentence twice. Headings, and sentences that give orders to a
    // model, are never evidence.
    [[nodiscard]] std::vector<AnswerSentence> read(std::string_view question,
                                                   std::span<const AnswerPassage> passages,
                                                   std::size_t most,
                                                   const std::function<void()>& check) const;

 private:
    TaskModel model_;
    PairTokenizer tokenizer_;
    AnswerOptions options_;
};

}  // namespace lectern::tasks
