#include "plugins/static/fit.hpp"

#include <gtest/gtest.h>

#include <random>

namespace lectern::static_vectors {
namespace {

TokenVectors of(std::uint32_t dimension, std::vector<float> values) {
    TokenVectors out;
    out.dimension = dimension;
    out.values = std::move(values);
    return out;
}

// A token that stands in many texts moves to where they point, one that stands in none stays where
// it pointed.
TEST(Fit, MovesWhatTheTextsSpeakOf) {
    TokenVectors vectors = of(2, {1, 0, 1, 0, 1, 0});
    std::vector<std::vector<std::int32_t>> texts;
    std::vector<float> targets;
    for (int i = 0; i < 100; ++i) {
        texts.push_back({0});
        targets.insert(targets.end(), {0, 1});
        texts.push_back({1});
        targets.insert(targets.end(), {1, 0});
    }
    const FitReport report = fit(vectors, texts, targets, {});
    EXPECT_NEAR(report.before, 0.5, 1e-6);
    EXPECT_GT(report.after, 0.99);
    EXPECT_GT(vectors.row(0)[1], 10 * std::abs(vectors.row(0)[0]));
    EXPECT_GT(vectors.row(2)[0], 0);
    EXPECT_EQ(vectors.row(2)[1], 0);
}

TEST(Fit, FindsTheRowsThatMadeTheTargets) {
    constexpr std::size_t tokens = 20;
    constexpr std::size_t dimension = 4;
    std::mt19937 random(1);
    std::normal_distribution<float> normal;
    std::vector<float> made(tokens * dimension);
    std::vector<float> start(tokens * dimension);
    for (float& each : made) each = normal(random);
    for (float& each : start) each = normal(random);
    const TokenVectors truth = of(dimension, made);
    std::vector<std::vector<std::int32_t>> texts;
    std::vector<float> targets;
    for (int i = 0; i < 2000; ++i) {
        std::vector<std::int32_t>& text = texts.emplace_back();
        for (int k = 0; k < 3; ++k) text.push_back(static_cast<std::int32_t>(random() % tokens));
        std::vector<float> target(dimension);
        ASSERT_TRUE(add_up(truth, text, target));
        targets.insert(targets.end(), target.begin(), target.end());
    }
    TokenVectors vectors = of(dimension, start);
    const FitReport report = fit(vectors, texts, targets, {});
    EXPECT_LT(report.before, 0.4);
    EXPECT_GT(report.after, 0.93);  // targets are of length 1, sums are not
}

TEST(Fit, ThatIsStoppedLeavesTheVectorsAlone) {
    TokenVectors vectors = of(2, {1, 0});
    const std::vector<float> targets{0, 1};
    FitOptions options;
    options.progress = [](double) { return false; };
    (void)fit(vectors, {{0}}, targets, options);
    EXPECT_EQ(vectors.values, (std::vector<float>{1, 0}));
}

}  // namespace
}  // namespace lectern::static_vectors
