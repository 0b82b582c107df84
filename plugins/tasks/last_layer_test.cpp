#include "plugins/tasks/last_layer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

namespace lectern::tasks {
namespace {

constexpr std::size_t width = 4;

OutputLayer no_layer() {
    return {width, std::vector<double>(OutputLayer::outputs * (width + 1), 0)};
}

// A passage answers where its first value is above 0; an answer begins at the token whose second
// value is large, and ends where the third is.
LayerExamples made_up(std::size_t questions) {
    std::mt19937 random(11);
    std::normal_distribution<float> noise(0, 0.5F);
    LayerExamples out{width, {}, {}};
    for (std::size_t question = 0; question < questions; ++question) {
        for (const bool answers : {true, false, false}) {
            std::vector<float> state{answers ? 1.0F : -1.0F, noise(random), noise(random),
                                     noise(random)};
            out.judged.push_back({question, std::move(state), answers});
        }
        const std::size_t tokens = 5 + question % 3;
        LayerExamples::Marked marked{
            question, {}, {question % tokens}, {std::min(question % tokens + 1, tokens - 1)}};
        for (std::size_t token = 0; token < tokens; ++token) {
            const bool begins = token == marked.begins[0];
            const bool ends = token == marked.ends[0];
            for (const float value :
                 {noise(random), begins ? 3.0F : 0.0F, ends ? 3.0F : 0.0F, noise(random)})
                marked.states.push_back(value);
        }
        out.marked.push_back(std::move(marked));
    }
    return out;
}

double of_state(const OutputLayer& layer, std::size_t output, const float* state) {
    const auto row = layer.of(output);
    double sum = row[width];
    for (std::size_t i = 0; i < width; ++i) sum += row[i] * double{state[i]};
    return sum;
}

std::size_t likeliest_token(const OutputLayer& layer, std::size_t output,
                            const LayerExamples::Marked& example) {
    std::size_t best = 0;
    for (std::size_t i = 1; i < example.states.size() / width; ++i)
        if (of_state(layer, output, &example.states[i * width]) >
            of_state(layer, output, &example.states[best * width]))
            best = i;
    return best;
}

TEST(LastLayer, TheGradientIsThatOfTheLoss) {
    LayerExamples examples = made_up(7);
    examples.marked[3].begins.push_back(0);  // a word that stands twice
    OutputLayer before = no_layer();
    OutputLayer layer = no_layer();
    for (std::size_t i = 0; i < layer.values.size(); ++i) {
        before.values[i] = 0.3 * std::cos(static_cast<double>(i));
        layer.values[i] = std::sin(static_cast<double>(i));
    }
    std::vector<double> gradient;
    (void)layer_loss(examples, layer, before, 0.7, gradient);
    std::vector<double> unused;
    for (std::size_t i = 0; i < layer.values.size(); ++i) {
        constexpr double step = 1e-5;
        OutputLayer more = layer;
        OutputLayer less = layer;
        more.values[i] += step;
        less.values[i] -= step;
        const double slope = (layer_loss(examples, more, before, 0.7, unused) -
                              layer_loss(examples, less, before, 0.7, unused)) /
                             (2 * step);
        EXPECT_NEAR(gradient[i], slope, 1e-5 * std::max(1.0, std::abs(slope))) << i;
    }
}

TEST(LastLayer, FindsWhatSeparates) {
    const LayerExamples seen = made_up(40);
    const FittedLayer fitted = fit_layer(seen, no_layer(), [] {});
    EXPECT_LT(fitted.pull, 1);
    for (const auto& one : seen.judged)
        EXPECT_EQ(of_state(fitted.layer, OutputLayer::answers, one.state.data()) > 0, one.answers);
    for (const auto& one : seen.marked) {
        EXPECT_EQ(likeliest_token(fitted.layer, OutputLayer::begins, one), one.begins[0]);
        EXPECT_EQ(likeliest_token(fitted.layer, OutputLayer::ends, one), one.ends[0]);
    }
    // The same again, to the last bit.
    EXPECT_EQ(fit_layer(seen, no_layer(), [] {}).layer.values, fitted.layer.values);
}

TEST(LastLayer, ThePullIsSolvedExactly) {
    // Without any tokens to find and with one passage of each kind: w = (1 - p) x 2 / pull.
    LayerExamples two{width, {}, {}};
    two.judged.push_back({0, {1, 0, 0, 0}, true});
    two.judged.push_back({1, {-1, 0, 0, 0}, false});
    for (const double pull : {0.5, 2.0, 8.0}) {
        const OutputLayer layer = fit_layer(two, no_layer(), pull, [] {});
        const double w = layer.of(OutputLayer::answers)[0];
        EXPECT_NEAR(w, 2 * (1 - 1 / (1 + std::exp(-w))) / pull, 1e-3) << pull;
        EXPECT_NEAR(layer.of(OutputLayer::answers)[width], 0, 1e-6);
    }
}

TEST(LastLayer, AStrongPullKeepsWhatWasThere) {
    OutputLayer before = no_layer();
    before.values.assign(before.values.size(), 0.25);
    const OutputLayer layer = fit_layer(made_up(8), before, 1e6, [] {});
    for (std::size_t i = 0; i < layer.values.size(); ++i)
        EXPECT_NEAR(layer.values[i], 0.25, 1e-3) << i;
}

TEST(LastLayer, LabelsByChanceMoveLittle) {
    LayerExamples examples = made_up(40);
    std::mt19937 random(5);
    for (auto& one : examples.judged) {
        one.answers = random() % 2 == 0;
        for (float& value : one.state) value = static_cast<float>(random() % 1000) / 1000 - 0.5F;
    }
    examples.marked.clear();
    const FittedLayer fitted = fit_layer(examples, no_layer(), [] {});
    for (const double value : fitted.layer.values) EXPECT_LT(std::abs(value), 1.5);
}

TEST(LastLayer, Figures) {
    EXPECT_EQ(area_under_curve({3, 2}, {1, 0}), 1);
    EXPECT_EQ(area_under_curve({0, 1}, {2, 3}), 0);
    EXPECT_EQ(area_under_curve({1}, {1, 0}), 0.75);
    EXPECT_EQ(area_under_curve({}, {1}), 0.5);
    EXPECT_EQ(overlap_f1({4, 8}, {{4, 8}}), 1);
    EXPECT_EQ(overlap_f1({4, 8}, {{8, 12}, {6, 8}}), 2.0 / 3);
    EXPECT_EQ(overlap_f1({4, 8}, {}), 0);
}

}  // namespace
}  // namespace lectern::tasks
