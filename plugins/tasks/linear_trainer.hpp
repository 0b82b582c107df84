// tasks/linear_trainer.hpp: from labelled texts to a linear classifier over an embedder's vectors.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/tasks/cross_validation.hpp"
#include "plugins/tasks/linear_file.hpp"

namespace lectern::tasks {

struct Example {
    std::string text;
    std::string label;
};

// One row: {"text": ..., "label": ...}; other fields are passed over. `where` is for messages.
// Throws Failure.
[[nodiscard]] Example read_example(std::string_view json, const std::string& where);
// One line of a .tsv file: the label, a tab, the text. Throws Failure.
[[nodiscard]] Example read_tsv_example(std::string_view line, const std::string& where);

struct TrainerOptions {
    FitOptions fit;
    std::size_t folds = 5;
    std::uint64_t seed = 1;
};

// count x dimension floats, each vector of length 1.
using EmbedTexts = std::function<std::vector<float>(const std::vector<std::string_view>&)>;
// fraction (0 to 1) and the step's name
using ShowProgress = std::function<void(double, std::string_view)>;

struct Trained {
    LinearClassifier classifier;
    Evaluation cross_validated;
    std::size_t folds = 0;
};

// Throws Failure (LECTERN_INVALID_ARGUMENT) with fewer than two labels, or fewer than two examples
// of one; folds are at most as many as the rarest label has examples.
[[nodiscard]] Trained train_linear(const std::vector<Example>& examples,
                                   const TrainerOptions& options, const EmbedTexts& embed,
                                   const ShowProgress& progress,
                                   const std::function<void()>& check);

// How well a classifier names examples. A label that it does not know is never right.
[[nodiscard]] Evaluation evaluate_linear(const LinearClassifier& classifier,
                                         const std::vector<Example>& examples,
                                         const EmbedTexts& embed);

// "accuracy", "macro_f1", "examples" and "classes" of an evaluation, as a JSON object.
[[nodiscard]] std::string report(const Evaluation& evaluation,
                                 const std::vector<std::string>& labels);

}  // namespace lectern::tasks
