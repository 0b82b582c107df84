#include "plugins/tasks/classifier.hpp"

#include <algorithm>
#include <cmath>

#include "plugins/tasks/probabilities.hpp"

namespace lectern::tasks {
namespace {

using shared::fail;

constexpr std::size_t usual_windows = 8;

TaskOptions with_padding(TaskOptions options, const std::optional<WordIds>& words) {
    if (words) options.padding = words->padding();
    return options;
}

}  // namespace

Classifier::Classifier(const ClassifierOptions& options)
    : options_(options),
      words_(options.vocabulary.empty() ? std::nullopt
                                        : std::optional<WordIds>(options.vocabulary)),
      model_(with_padding(options.model, words_), Task::either) {
    if (words_ && model_.vocabulary() > 0 && words_->size() > model_.vocabulary())
        fail(LECTERN_INVALID_ARGUMENT,
             options.vocabulary.string() + " has ids up to " + std::to_string(words_->size() - 1) +
                 ", and the model knows " + std::to_string(model_.vocabulary()));
    if (!words_) pieces_.emplace(model_, options.tokenizer);
    // One value alone is the logit of the second of two labels.
    const bool one = model_.labels() == 1 && !model_.per_token();
    const std::size_t wanted = one ? 2 : model_.labels();
    labels_ = options.labels.empty() && !one ? model_.names() : options.labels;
    if (labels_.size() != wanted)
        fail(LECTERN_INVALID_ARGUMENT, "the option 'labels' has " + std::to_string(labels_.size()) +
                                           " names, and the model needs " + std::to_string(wanted) +
                                           (one ? ": what a small and a large value mean" : ""));
}

Tokens Classifier::tokens(std::string_view text) const {
    return words_ ? words_->tokens(text) : pieces_->tokens(text);
}

void Classifier::cut(const Tokens& tokens, std::vector<Window>& windows,
                     std::vector<Sequence>& sequences) const {
    const std::size_t room = words_ ? model_.max_tokens() : pieces_->room();
    const std::size_t usual = finds_entities() ? tokens.ids.size() : usual_windows;
    const std::size_t most = options_.windows > 0 ? options_.windows : usual;
    for (std::size_t from = 0; from < tokens.ids.size() && windows.size() < most; from += room) {
        const std::size_t taken = std::min(room, tokens.ids.size() - from);
        windows.push_back({from, taken, words_ ? 0U : 1U});
        if (words_) {
            const auto begin = tokens.ids.begin() + static_cast<std::ptrdiff_t>(from);
            sequences.push_back({{begin, begin + static_cast<std::ptrdiff_t>(taken)}, {}});
        } else {
            sequences.push_back(pieces_->single(tokens, from));
        }
    }
}

std::vector<float> Classifier::shares(std::span<const float> values) const {
    if (!std::all_of(values.begin(), values.end(), [](float x) { return std::isfinite(x); }))
        fail(LECTERN_INTERNAL, "the model gave a value that is not finite; try the precision f32");
    std::vector<float> out(values.begin(), values.end());
    if (!options_.probabilities) {
        if (values.size() == 1 || options_.multiple)
            std::transform(out.begin(), out.end(), out.begin(), logistic);
        else
            out = softmax(values);
    }
    if (values.size() == 1) out = {1.0F - out[0], out[0]};
    return out;
}

std::vector<Labelled> Classifier::chosen(const std::vector<float>& mean) const {
    std::vector<Labelled> out;
    const double least = options_.min_score.value_or(options_.multiple ? 0.5 : 0.0);
    for (std::size_t i = 0; i < mean.size(); ++i)
        if (mean[i] >= static_cast<float>(least)) out.push_back({labels_[i], mean[i]});
    std::stable_sort(out.begin(), out.end(),
                     [](const Labelled& a, const Labelled& b) { return a.score > b.score; });
    if (!options_.multiple && out.size() > 1) out.resize(1);
    return out;
}

Classification Classifier::classify(std::string_view text,
                                    const std::function<void()>& check) const {
    const Tokens all = tokens(text);
    std::vector<Window> windows;
    std::vector<Sequence> sequences;
    cut(all, windows, sequences);
    Classification out;
    if (windows.empty()) return out;

    std::vector<float> sum(labels_.size());
    std::vector<TokenLabel> of_tokens(finds_entities() ? all.ids.size() : 0);
    model_.run(
        sequences,
        [&](std::size_t item, std::span<const float> values) {
            const Window& window = windows[item];
            if (!finds_entities()) {
                const std::vector<float> share = shares(values);
                for (std::size_t i = 0; i < share.size(); ++i) sum[i] += share[i];
                return;
            }
            for (std::size_t i = 0; i < window.taken; ++i) {
                const std::vector<float> share =
                    shares(values.subspan((window.lead + i) * model_.labels(), model_.labels()));
                const auto best = std::max_element(share.begin(), share.end());
                of_tokens[window.from + i] = {static_cast<std::size_t>(best - share.begin()),
                                              *best};
            }
        },
        check);
    if (finds_entities()) {
        out.entities = entities(text, all.ranges, of_tokens, labels_);
        const auto least = static_cast<float>(options_.min_score.value_or(0));
        std::erase_if(out.entities, [least](const Entity& one) { return one.score < least; });
        return out;
    }
    for (float& value : sum) value /= static_cast<float>(windows.size());
    out.labels = chosen(sum);
    return out;
}

}  // namespace lectern::tasks
