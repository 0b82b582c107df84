// tasks/cross_encoder.hpp: reads a question and a passage together and says how well they fit.
//
// Nogueira and Cho, "Passage Re-ranking with BERT" (2019).
#pragma once

#include <functional>
#include <span>
#include <string_view>

#include "plugins/tasks/task_model.hpp"
#include "plugins/tasks/text_pairs.hpp"

namespace lectern::tasks {

// Safe from any thread.
class CrossEncoder {
 public:
    // Throws Failure when the model has more than two labels.
    CrossEncoder(const TaskOptions& options, const std::filesystem::path& tokenizer);

    // scores[i] of passages[i], 0 to 1: the logistic function of the one logit, or the second of
    // two labels' probability.
    void score(std::string_view query, std::span<const std::string_view> passages,
               std::span<float> scores, const std::function<void()>& check) const;

 private:
    TaskModel model_;
    PairTokenizer tokenizer_;
};

}  // namespace lectern::tasks
