#include "plugins/tasks/cross_encoder.hpp"

#include <cmath>

#include "plugins/tasks/probabilities.hpp"

namespace lectern::tasks {

CrossEncoder::CrossEncoder(const TaskOptions& options, const std::filesystem::path& tokenizer)
    : model_(options, Task::sequence), tokenizer_(model_, tokenizer) {
    if (model_.labels() > 2)
        shared::fail(LECTERN_UNSUPPORTED,
                     options.model.string() + " has " + std::to_string(model_.labels()) +
                         " labels; a reranker has one (a score) or two (not relevant, relevant)");
}

void CrossEncoder::score(std::string_view query, std::span<const std::string_view> passages,
                         std::span<float> scores, const std::function<void()>& check) const {
    const Tokens question = tokenizer_.tokens(query);
    std::vector<Sequence> pairs;
    pairs.reserve(passages.size());
    for (const std::string_view passage : passages)
        pairs.push_back(tokenizer_.join(question, tokenizer_.tokens(passage)).sequence);
    model_.run(
        pairs,
        [&](std::size_t item, std::span<const float> logits) {
            // Of two labels, the softmax is the logistic function of their difference.
            const float logit = logits.size() == 1 ? logits[0] : logits[1] - logits[0];
            if (!std::isfinite(logit))
                shared::fail(LECTERN_INTERNAL,
                             "the model gave a score that is not finite; try the precision f32");
            scores[item] = logistic(logit);
        },
        check);
}

}  // namespace lectern::tasks
