// The linear classifier: what is best by the gradient, folds, its file, and training end to end.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "plugins/tasks/linear_trainer.hpp"
#include "plugins/tasks/test_support.hpp"

namespace lectern::tasks {
namespace {

LabelledVectors three_corners() {
    LabelledVectors out;
    out.dimension = 2;
    const std::pair<float, float> corners[] = {{1, 0}, {-0.5F, 0.9F}, {-0.5F, -0.9F}};
    for (std::size_t k = 0; k < 3; ++k)
        for (int i = 0; i < 10; ++i) {
            out.vectors.push_back(corners[k].first + 0.05F * static_cast<float>(i % 5 - 2));
            out.vectors.push_back(corners[k].second + 0.05F * static_cast<float>(i / 2 - 2));
            out.classes.push_back(k);
        }
    return out;
}

TEST(LogisticRegression, TheGradientIsZeroAtWhatItFinds) {
    const LabelledVectors data = three_corners();
    FitOptions options;
    options.strength = 3;
    options.tolerance = 1e-9;
    const LinearLayer layer = fit(data, 3, options, [] {});
    // The gradient, by its definition: sum of (probability - is it so) x, plus weight / strength.
    for (std::size_t k = 0; k < 3; ++k)
        for (std::size_t i = 0; i < 3; ++i) {
            double sum = i < 2 ? layer.weights[k * 2 + i] / options.strength : 0;
            for (std::size_t row = 0; row < data.size(); ++row) {
                const double error =
                    layer.probabilities(data.vector(row))[k] - (data.classes[row] == k ? 1.0 : 0.0);
                sum += error * (i < 2 ? double{data.vector(row)[i]} : 1.0);
            }
            EXPECT_NEAR(sum, 0, 1e-6) << k << " " << i;
        }
    EXPECT_EQ(evaluate(layer, data).accuracy(), 1.0);
}

TEST(LogisticRegression, LittleStrengthGivesSmallWeights) {
    const LabelledVectors data = three_corners();
    const auto length = [&](double strength) {
        FitOptions options;
        options.strength = strength;
        double sum = 0;
        for (const double w : fit(data, 3, options, [] {}).weights) sum += w * w;
        return std::sqrt(sum);
    };
    EXPECT_LT(length(0.01), length(1));
    EXPECT_LT(length(1), length(100));
}

TEST(CrossValidation, FoldsSpreadEveryClass) {
    std::vector<std::size_t> classes;
    for (std::size_t i = 0; i < 60; ++i) classes.push_back(i % 3 == 0 ? 0 : 1);
    const auto folds = assign_folds(classes, 5, 1);
    EXPECT_EQ(folds, assign_folds(classes, 5, 1));
    EXPECT_NE(folds, assign_folds(classes, 5, 2));
    for (std::size_t fold = 0; fold < 5; ++fold)
        for (std::size_t k = 0; k < 2; ++k) {
            std::size_t count = 0;
            for (std::size_t i = 0; i < 60; ++i)
                if (folds[i] == fold && classes[i] == k) ++count;
            EXPECT_EQ(count, k == 0 ? 4U : 8U);
        }
}

TEST(CrossValidation, LabelsThatSayNothingAreNotLearnt) {
    LabelledVectors noise = three_corners();
    // Every vector once with each class: nothing can be right more often than by chance.
    const LabelledVectors once = noise;
    for (const std::size_t turn : {1U, 2U})
        for (std::size_t i = 0; i < once.size(); ++i) {
            noise.vectors.insert(noise.vectors.end(), once.vector(i).begin(), once.vector(i).end());
            noise.classes.push_back((once.classes[i] + turn) % 3);
        }
    EXPECT_LT(cross_validate(noise, 3, 5, 1, {}, [] {}).accuracy(), 0.5);
    EXPECT_EQ(cross_validate(once, 3, 5, 1, {}, [] {}).accuracy(), 1.0);
}

TEST(CrossValidation, ScoresAreThoseOfTheirDefinitions) {
    // 2 of 3 found, 2 of 4 named so.
    const ClassScore score{3, 2, 4};
    EXPECT_NEAR(score.recall(), 2.0 / 3, 1e-12);
    EXPECT_NEAR(score.precision(), 0.5, 1e-12);
    EXPECT_NEAR(score.f1(), 2 * 0.5 * (2.0 / 3) / (0.5 + 2.0 / 3), 1e-12);
    EXPECT_EQ(ClassScore{}.f1(), 0);
}

// Vectors of length 1 by the first letter.
std::vector<float> by_letter(const std::vector<std::string_view>& texts) {
    std::vector<float> out;
    for (const std::string_view text : texts)
        for (const char letter : {'a', 'b'}) out.push_back(text.front() == letter ? 1.0F : 0.0F);
    return out;
}

TEST(LinearTrainer, TrainsWritesReadsAndMeasures) {
    std::vector<Example> examples;
    for (int i = 0; i < 6; ++i) examples.push_back({"a" + std::to_string(i), "first"});
    for (int i = 0; i < 3; ++i) examples.push_back({"b" + std::to_string(i), "second"});
    const Trained trained = train_linear(
        examples, {}, &by_letter, [](double, std::string_view) {}, [] {});
    EXPECT_EQ(trained.folds, 3U);  // as many as the rarest label has examples
    EXPECT_EQ(trained.cross_validated.accuracy(), 1.0);

    const TestFolder folder;
    const auto file = folder.path() / "model.json";
    LinearClassifier named = trained.classifier;
    named.fingerprint = "letters";
    write_linear(file, named);
    const LinearClassifier again = read_linear(file);
    EXPECT_EQ(again.fingerprint, "letters");
    EXPECT_THAT(again.labels, testing::ElementsAre("first", "second"));
    for (std::size_t i = 0; i < named.layer.weights.size(); ++i)
        EXPECT_NEAR(again.layer.weights[i], named.layer.weights[i], 1e-6);
    // A label it does not know is never right.
    const Evaluation measured = evaluate_linear(
        again, {{"a", "first"}, {"b", "second"}, {"b", "first"}, {"a", "third"}}, &by_letter);
    EXPECT_EQ(measured.examples, 4U);
    EXPECT_EQ(measured.accuracy(), 0.5);
    bert::write_file(file, R"({"format": "lectern linear classifier 1", "labels": ["a"]})");
    EXPECT_EQ(failure_of([&] { (void)read_linear(file); }).code(), LECTERN_CORRUPT);
}

TEST(LinearTrainer, SaysWhatIsWrongWithTheExamples) {
    const auto failure = [](const std::vector<Example>& examples) {
        return std::string(failure_of([&] {
                               (void)train_linear(
                                   examples, {}, &by_letter, [](double, std::string_view) {},
                                   [] {});
                           }).what());
    };
    EXPECT_THAT(failure({}), testing::HasSubstr("0 label(s)"));
    EXPECT_THAT(failure({{"a", "x"}, {"b", "x"}}), testing::HasSubstr("at least two are needed"));
    EXPECT_THAT(failure({{"a", "x"}, {"b", "x"}, {"c", "y"}}),
                testing::HasSubstr("the label 'y' has one example"));
    for (const char* row : {"[]", "{", R"({"text": "a"})", R"({"text": "", "label": "x"})",
                            R"({"text": "a", "label": 3})"})
        EXPECT_THAT(failure_of([&] { (void)read_example(row, "example 7"); }).what(),
                    testing::StartsWith("example 7"));
    EXPECT_EQ(read_example(R"({"text": "a", "label": "x", "id": 1})", "row").label, "x");
}

}  // namespace
}  // namespace lectern::tasks
