// tasks/entailment.hpp: whether a sentence follows from a text.
//
// Natural language inference as in Williams et al., "A Broad-Coverage Challenge Corpus for Sentence
// Understanding through Inference" (2018): premise and hypothesis are read together and give
// entailment, neutral or contradiction.
#pragma once

#include <array>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "plugins/tasks/task_model.hpp"
#include "plugins/tasks/text_pairs.hpp"

namespace lectern::tasks {

struct InferencePair {
    std::string_view premise;
    std::string_view hypothesis;
};

struct InferenceScores {  // they sum to 1
    float entailment = 0;
    float neutral = 0;
    float contradiction = 0;
};

// Which label means what, by its name ("ENTAILMENT", "contradiction", "not_entailment").
// A model with two labels has no contradiction: what is not entailed is neutral.
struct InferenceLabels {
    std::size_t entailment = 0;
    std::size_t neutral = 0;
    std::optional<std::size_t> contradiction;
};

// Throws Failure when the names do not say.
[[nodiscard]] InferenceLabels inference_labels(const std::vector<std::string>& names,
                                               const std::string& model);

// Safe from any thread.
class Entailment {
 public:
    // `labels` replaces the names of config.json when it is not empty. Throws Failure.
    Entailment(const TaskOptions& options, const std::filesystem::path& tokenizer,
               const std::vector<std::string>& labels);

    void infer(std::span<const InferencePair> pairs, std::span<InferenceScores> out,
               const std::function<void()>& check) const;

 private:
    TaskModel model_;
    PairTokenizer tokenizer_;
    InferenceLabels labels_;
};

}  // namespace lectern::tasks
