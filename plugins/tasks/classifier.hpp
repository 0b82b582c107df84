// tasks/classifier.hpp: the class of a text, or the named things in it, by a network of any kind.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/tasks/entities.hpp"
#include "plugins/tasks/task_model.hpp"
#include "plugins/tasks/text_pairs.hpp"
#include "plugins/tasks/word_ids.hpp"

namespace lectern::tasks {

struct ClassifierOptions {
    TaskOptions model;
    std::filesystem::path tokenizer;   // WordPiece; "": the model's own
    std::filesystem::path vocabulary;  // not "": words by this list instead of WordPiece
    std::vector<std::string> labels;   // in the model's order; empty: as config.json names them
    bool multiple = false;             // a text may have several labels, or none
    bool probabilities = false;        // the model gives probabilities, not logits
    std::optional<double> min_score;   // nothing: 0; 0.5 for several labels
    std::size_t windows = 0;           // pieces of a long text that are read; 0: 8, or for named
                                       // things all
};

struct Labelled {
    std::string label;
    float score = 0;  // probability
};

struct Classification {
    std::vector<Labelled> labels;  // of the text, best first; at most one unless `multiple`
    std::vector<Entity> entities;  // of a token classifier, in order
};

// Safe from any thread.
class Classifier {
 public:
    explicit Classifier(const ClassifierOptions& options);  // throws Failure

    // A text longer than the model is read in pieces: probabilities are averaged over them.
    [[nodiscard]] Classification classify(std::string_view text,
                                          const std::function<void()>& check) const;
    [[nodiscard]] bool finds_entities() const noexcept { return model_.per_token(); }
    [[nodiscard]] bool multiple() const noexcept { return options_.multiple; }

 private:
    struct Window {
        std::size_t from = 0;   // token of the text
        std::size_t taken = 0;  // tokens of it
        std::size_t lead = 0;   // special tokens before them
    };
    [[nodiscard]] Tokens tokens(std::string_view text) const;
    void cut(const Tokens& tokens, std::vector<Window>& windows,
             std::vector<Sequence>& sequences) const;
    [[nodiscard]] std::vector<float> shares(std::span<const float> values) const;
    [[nodiscard]] std::vector<Labelled> chosen(const std::vector<float>& mean) const;

    ClassifierOptions options_;
    std::optional<WordIds> words_;
    TaskModel model_;
    std::optional<PairTokenizer> pieces_;
    std::vector<std::string> labels_;
};

}  // namespace lectern::tasks
