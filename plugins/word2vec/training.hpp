// training.hpp: word vectors from text, through the fastText library.
//
// CBOW and skip-gram with negative sampling: Mikolov et al. (2013); character n-grams: Bojanowski,
// Grave, Joulin, Mikolov (2017), "Enriching word vectors with subword information".
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "plugins/word2vec/training_text.hpp"

namespace lectern::word2vec {

enum class Mode { cbow, skipgram };

struct NgramRange {
    int shortest = 0;  // characters
    int longest = 0;   // 0: no n-grams
};
// "0", or "MIN-MAX" with 1 <= MIN <= MAX <= 20. Fails with a message that names the option.
[[nodiscard]] NgramRange parse_ngrams(std::string_view text);

// What is not set is chosen from the amount of text, see chosen(), and told in the report.
struct TrainingOptions {
    Mode mode = Mode::skipgram;
    NgramRange ngrams;
    int dimension = 100;
    std::optional<int> epochs;
    int window = 5;
    std::optional<int> min_count;
    int negatives = 5;
    double learning_rate = 0.05;
    std::optional<double> subsample;
    std::optional<int> buckets;
    int threads = 1;  // 1: equal texts, options and seed give an equal model
    int seed = 1;
    double sif_a = 1e-3;  // of the passages that the common component is computed from
};

struct ChosenOptions {
    int epochs = 5;        // 5; more when the text is small, so that about 5,000,000 words are seen
                           // (at most 100)
    int min_count = 5;     // 5; below 1,000,000 words of text 2; below 5,000 words 1
    double subsample = 0;  // 1e-4; below 1,000,000 words 1e-3, so that common words stay
    int buckets = 0;       // 20 a word, 10,000 to 2,000,000; 0 without n-grams
};
[[nodiscard]] ChosenOptions chosen(const TrainingOptions& options, const TrainingText& text);

struct TrainingHooks {
    // Both from any thread, one at a time; neither throws.
    std::function<bool()> cancelled;
    std::function<void(double fraction, std::string_view step, std::string_view detail)> progress;
};

struct TrainingReport {
    ChosenOptions chosen;
    std::uint64_t words = 0;        // in the text
    std::uint64_t vocabulary = 0;   // distinct words with a vector
    double seconds = 0;             // of the training alone
    double words_per_second = 0;    // words x epochs / seconds
    double loss = 0;                // mean over the first thread's updates, negative sampling
    bool common_component = false;  // written; not when there are fewer than 20 lines of text
    double common_share = 0;
};

// Trains on a finished text and writes the model and its common component ("<model>.sif"), each
// under a temporary name first; an old model stays until the new one is whole. Fails with
// LECTERN_INVALID_ARGUMENT (too little text, an option, training that diverges),
// LECTERN_CANCELLED, LECTERN_RESOURCE_EXHAUSTED.
[[nodiscard]] TrainingReport train(const TrainingText& text, const TrainingOptions& options,
                                   const std::string& model, const TrainingHooks& hooks);

}  // namespace lectern::word2vec
