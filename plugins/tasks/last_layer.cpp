#include "plugins/tasks/last_layer.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "plugins/tasks/lbfgs.hpp"

namespace lectern::tasks {
namespace {

constexpr unsigned layer_steps = 60;
constexpr double layer_tolerance = 1e-4;  // of the gradient, largest component by example
// Of the pull, by example and squared length of a state: with 1 the logits of an example hardly
// move, with .001 they go where they like.
constexpr std::array<double, 4> pulls{1, 0.1, 0.01, 0.001};
constexpr std::size_t validated = 4;  // each fourth question is kept from the fit that is judged

using Layer = std::vector<double>;

// One output for one state: [weights, bias].
double output_of(const float* state, const double* layer, std::size_t width) {
    double sum = layer[width];
    for (std::size_t i = 0; i < width; ++i) sum += layer[i] * double{state[i]};
    return sum;
}

void add_state(const float* state, double share, double* gradient, std::size_t width) {
    for (std::size_t i = 0; i < width; ++i) gradient[i] += share * double{state[i]};
    gradient[width] += share;
}

// log(1 + exp(x)), without overflow.
double soft_plus(double x) {
    return std::max(x, 0.0) + std::log1p(std::exp(-std::abs(x)));
}

// What a passage that does not answer weighs, were one that does to weigh 1.
double weight_of_others(const LayerExamples& examples) {
    const auto yes = static_cast<double>(
        std::count_if(examples.judged.begin(), examples.judged.end(),
                      [](const LayerExamples::Judged& one) { return one.answers; }));
    const auto no = static_cast<double>(examples.judged.size()) - yes;
    return yes > 0 && no > 0 ? yes / no : 1;
}

// Cross-entropy of one end of the answer, any of `right` being so, with the gradient.
double end_loss(const LayerExamples::Marked& example, const std::vector<std::size_t>& right,
                const double* layer, std::size_t width, double* gradient) {
    const std::size_t tokens = example.states.size() / width;
    std::vector<double> logits(tokens);
    for (std::size_t i = 0; i < tokens; ++i)
        logits[i] = output_of(&example.states[i * width], layer, width);
    const double most = *std::max_element(logits.begin(), logits.end());
    double all = 0;
    double good = 0;
    for (double& logit : logits) all += logit = std::exp(logit - most);
    for (const std::size_t token : right) good += logits[token];
    good = std::max(good, 1e-300);  // its logarithm stays finite
    std::vector<double> shares(tokens);
    for (std::size_t i = 0; i < tokens; ++i) shares[i] = logits[i] / all;
    for (const std::size_t token : right) shares[token] -= logits[token] / good;
    for (std::size_t i = 0; i < tokens; ++i)
        if (std::abs(shares[i]) > 1e-9)
            add_state(&example.states[i * width], shares[i], gradient, width);
    return std::log(all) - std::log(good);
}

double squared_length(const LayerExamples& examples) {
    double sum = 0;
    for (const auto& one : examples.judged)
        for (const float x : one.state) sum += double{x} * double{x};
    return sum;
}

// Of the examples the questions that are kept, or the others.
LayerExamples part_of(const LayerExamples& examples, bool kept) {
    LayerExamples out{examples.width, {}, {}};
    const auto here = [kept](const auto& one) { return (one.question % validated == 0) == kept; };
    std::copy_if(examples.judged.begin(), examples.judged.end(), std::back_inserter(out.judged),
                 here);
    std::copy_if(examples.marked.begin(), examples.marked.end(), std::back_inserter(out.marked),
                 here);
    return out;
}

}  // namespace

double layer_loss(const LayerExamples& examples, const OutputLayer& layer,
                  const OutputLayer& before, double pull, std::vector<double>& gradient) {
    const std::size_t width = examples.width;
    const std::size_t row = width + 1;
    gradient.assign(layer.values.size(), 0);
    const auto weights = [&](std::size_t output) { return &layer.values[output * row]; };
    const auto slope = [&](std::size_t output) { return &gradient[output * row]; };
    double loss = 0;
    const double others = weight_of_others(examples);
    for (const LayerExamples::Judged& one : examples.judged) {
        const double logit = output_of(one.state.data(), weights(OutputLayer::answers), width);
        const double weight = one.answers ? 1 : others;
        loss += weight * soft_plus(one.answers ? -logit : logit);
        const double likely = 1 / (1 + std::exp(-logit));
        add_state(one.state.data(), weight * (likely - (one.answers ? 1 : 0)),
                  slope(OutputLayer::answers), width);
    }
    for (const LayerExamples::Marked& one : examples.marked) {
        loss += end_loss(one, one.begins, weights(OutputLayer::begins), width,
                         slope(OutputLayer::begins));
        loss +=
            end_loss(one, one.ends, weights(OutputLayer::ends), width, slope(OutputLayer::ends));
    }
    for (std::size_t i = 0; i < layer.values.size(); ++i) {
        const double moved = layer.values[i] - before.values[i];
        loss += pull / 2 * moved * moved;
        gradient[i] += pull * moved;
    }
    return loss;
}

OutputLayer fit_layer(const LayerExamples& examples, const OutputLayer& before, double pull,
                      const std::function<void()>& check) {
    OutputLayer layer = before;
    OutputLayer at = before;
    const auto count = static_cast<double>(
        std::max<std::size_t>(examples.judged.size() + examples.marked.size(), 1));
    minimise(
        [&](const Layer& values, Layer& gradient) {
            at.values = values;
            return layer_loss(examples, at, before, pull, gradient);
        },
        layer.values, {layer_steps, layer_tolerance * count}, check);
    return layer;
}

FittedLayer fit_layer(const LayerExamples& examples, const OutputLayer& before,
                      const std::function<void()>& check) {
    const double whole = squared_length(examples);
    double best = pulls.front();
    {
        const LayerExamples seen = part_of(examples, false);
        const LayerExamples kept = part_of(examples, true);
        const double scale = squared_length(seen);
        std::vector<double> gradient;
        double least = layer_loss(kept, before, before, 0, gradient);
        for (const double factor : pulls) {
            const OutputLayer layer = fit_layer(seen, before, factor * scale, check);
            const double loss = layer_loss(kept, layer, before, 0, gradient);
            if (loss >= least) continue;
            least = loss;
            best = factor;
        }
    }
    return {fit_layer(examples, before, best * whole, check), best};
}

double area_under_curve(const std::vector<double>& answering, const std::vector<double>& others) {
    if (answering.empty() || others.empty()) return 0.5;
    std::vector<double> sorted = others;
    std::sort(sorted.begin(), sorted.end());
    double below = 0;
    for (const double value : answering) {
        const auto [from, to] = std::equal_range(sorted.begin(), sorted.end(), value);
        below += static_cast<double>(from - sorted.begin()) + static_cast<double>(to - from) / 2;
    }
    return below / static_cast<double>(answering.size()) / static_cast<double>(others.size());
}

double overlap_f1(const Marking& given, const std::vector<Marking>& right) {
    double best = 0;
    for (const Marking& one : right) {
        const std::size_t begin = std::max(given.begin, one.begin);
        const std::size_t end = std::min(given.end, one.end);
        if (begin >= end) continue;
        best =
            std::max(best, 2 * static_cast<double>(end - begin) /
                               static_cast<double>(given.end - given.begin + one.end - one.begin));
    }
    return best;
}

}  // namespace lectern::tasks
