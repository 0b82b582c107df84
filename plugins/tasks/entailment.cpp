#include "plugins/tasks/entailment.hpp"

#include <algorithm>
#include <cmath>

#include "plugins/tasks/probabilities.hpp"
#include "text/text.hpp"

namespace lectern::tasks {
namespace {

using shared::fail;

std::string listed(const std::vector<std::string>& names) {
    std::string out;
    for (const std::string& name : names) out += (out.empty() ? "'" : ", '") + name + "'";
    return out;
}

}  // namespace

InferenceLabels inference_labels(const std::vector<std::string>& names, const std::string& model) {
    std::optional<std::size_t> entailment;
    std::optional<std::size_t> neutral;
    InferenceLabels out;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const std::string name = text::fold(names[i]);
        const bool negated = name.starts_with("not") || name.starts_with("non");
        if (name.find("contradict") != std::string::npos)
            out.contradiction = i;
        else if (name.find("neutral") != std::string::npos || negated)
            neutral = i;
        else if (name.find("entail") != std::string::npos)
            entailment = i;
    }
    const std::size_t named = (out.contradiction ? 1U : 0U) + (neutral ? 1U : 0U) + 1U;
    if (!entailment || !neutral || named != names.size())
        fail(LECTERN_INVALID_ARGUMENT,
             model + " has the labels " + listed(names) +
                 "; inference needs entailment, neutral and contradiction, or entailment and "
                 "not_entailment. When they are named otherwise, list these words in the order of "
                 "the model's labels in the option 'labels'");
    out.entailment = *entailment;
    out.neutral = *neutral;
    return out;
}

Entailment::Entailment(const TaskOptions& options, const std::filesystem::path& tokenizer,
                       const std::vector<std::string>& labels)
    : model_(options, Task::sequence), tokenizer_(model_, tokenizer) {
    if (!labels.empty() && labels.size() != model_.labels())
        fail(LECTERN_INVALID_ARGUMENT, "the option 'labels' has " + std::to_string(labels.size()) +
                                           " names, and the model has " +
                                           std::to_string(model_.labels()) + " labels");
    labels_ = inference_labels(labels.empty() ? model_.names() : labels, options.model.string());
}

void Entailment::infer(std::span<const InferencePair> pairs, std::span<InferenceScores> out,
                       const std::function<void()>& check) const {
    std::vector<Sequence> sequences;
    for (const InferencePair& pair : pairs)
        sequences.push_back(
            tokenizer_.join(tokenizer_.tokens(pair.premise), tokenizer_.tokens(pair.hypothesis))
                .sequence);
    model_.run(
        sequences,
        [&](std::size_t item, std::span<const float> logits) {
            const std::vector<float> shares = softmax(logits);
            if (!std::isfinite(shares.front()))
                fail(LECTERN_INTERNAL,
                     "the model gave a value that is not finite; try the precision f32");
            out[item] = {shares[labels_.entailment], shares[labels_.neutral],
                         labels_.contradiction ? shares[*labels_.contradiction] : 0.0F};
        },
        check);
}

}  // namespace lectern::tasks
