// tasks/last_layer.hpp: the linear layer behind a reader's encoder, fitted to passages of one's
// own.
//
// The encoder stays as it is, so each window of a passage is its last hidden states; the layer
// makes a logit of the first one (whether the passage answers) and two of every token of the
// passage (where the answer begins, where it ends). What is made least: the logistic loss of the
// first, in which passages that answer and others weigh the same, plus the cross-entropies of the
// two ends, plus pull / 2 times the squared distance from the layer that was there, so that a few
// examples move it a little.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <vector>

namespace lectern::tasks {

// `width` weights and a bias for each output.
struct OutputLayer {
    static constexpr std::size_t answers = 0;
    static constexpr std::size_t begins = 1;
    static constexpr std::size_t ends = 2;
    static constexpr std::size_t outputs = 3;

    std::size_t width = 0;
    std::vector<double> values;  // of each output width + 1

    [[nodiscard]] std::span<const double> of(std::size_t output) const {
        return {values.data() + output * (width + 1), width + 1};
    }
};

struct LayerExamples {
    struct Judged {
        std::size_t question = 0;  // examples of one question are fitted to, or kept, together
        std::vector<float> state;  // of the first token
        bool answers = false;
    };
    struct Marked {
        std::size_t question = 0;
        std::vector<float> states;  // of the passage's tokens, one behind the other
        // Tokens with which a right answer begins, and with which one ends; not none.
        std::vector<std::size_t> begins;
        std::vector<std::size_t> ends;
    };
    std::size_t width = 0;
    std::vector<Judged> judged;
    std::vector<Marked> marked;
};

// What is made least, at `layer`; its gradient is as long as `layer.values`.
[[nodiscard]] double layer_loss(const LayerExamples& examples, const OutputLayer& layer,
                                const OutputLayer& before, double pull,
                                std::vector<double>& gradient);

[[nodiscard]] OutputLayer fit_layer(const LayerExamples& examples, const OutputLayer& before,
                                    double pull, const std::function<void()>& check);

struct FittedLayer {
    OutputLayer layer;
    double pull = 0;
};
// With the pull, of a few, whose fit to three quarters of the questions does best on the fourth.
[[nodiscard]] FittedLayer fit_layer(const LayerExamples& examples, const OutputLayer& before,
                                    const std::function<void()>& check);

// The chance that of two passages, of which one answers, that one has the larger value (the area
// under the ROC curve; equal values count half). 0.5 where there are none of either kind.
[[nodiscard]] double area_under_curve(const std::vector<double>& answering,
                                      const std::vector<double>& others);

// Bytes [begin, end) of a passage.
struct Marking {
    std::size_t begin = 0;
    std::size_t end = 0;
};
// Of the bytes that two stretches share: the harmonic mean of their shares in either. With the best
// of `right`; 0 without any.
[[nodiscard]] double overlap_f1(const Marking& given, const std::vector<Marking>& right);

}  // namespace lectern::tasks
