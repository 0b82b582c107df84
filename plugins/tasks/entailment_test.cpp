// Probabilities against a NumPy float64 reference (testdata/make_golden.py), and names of labels.
#include "plugins/tasks/entailment.hpp"

#include <gtest/gtest.h>

#include "plugins/tasks/test_support.hpp"

namespace lectern::tasks {
namespace {

TEST(Entailment, ProbabilitiesEqualTheReference) {
    const Entailment entailment(options_for(testdata() / "inference"), {}, {});
    const auto rows = read_json(testdata() / "inference/expected.json");
    std::vector<InferencePair> pairs;
    for (const auto& row : rows.as_array())
        pairs.push_back({std::string_view(row.at("premise").as_string()),
                         std::string_view(row.at("hypothesis").as_string())});
    std::vector<InferenceScores> scores(pairs.size());
    entailment.infer(pairs, scores, [] {});
    ASSERT_EQ(scores.size(), 6U);
    for (std::size_t i = 0; i < scores.size(); ++i) {
        const auto& expected = rows.at(i).at("probabilities");
        EXPECT_NEAR(scores[i].entailment, expected.at("entailment").to_number<double>(), 1e-4);
        EXPECT_NEAR(scores[i].neutral, expected.at("neutral").to_number<double>(), 1e-4);
        EXPECT_NEAR(scores[i].contradiction, expected.at("contradiction").to_number<double>(),
                    1e-4);
        EXPECT_NEAR(scores[i].entailment + scores[i].neutral + scores[i].contradiction, 1, 1e-5);
    }
}

TEST(Entailment, LabelsAreFoundByName) {
    struct Case {
        std::vector<std::string> names;
        std::size_t entailment;
        std::size_t neutral;
        std::optional<std::size_t> contradiction;
    };
    const Case cases[] = {
        {{"contradiction", "entailment", "neutral"}, 1, 2, 0},
        {{"ENTAILMENT", "NEUTRAL", "CONTRADICTION"}, 0, 1, 2},
        {{"entailment", "not_entailment"}, 0, 1, std::nullopt},
    };
    for (const Case& test : cases) {
        const InferenceLabels labels = inference_labels(test.names, "m");
        EXPECT_EQ(labels.entailment, test.entailment);
        EXPECT_EQ(labels.neutral, test.neutral);
        EXPECT_EQ(labels.contradiction, test.contradiction);
    }
    for (const std::vector<std::string>& names :
         {std::vector<std::string>{"LABEL_0", "LABEL_1", "LABEL_2"},
          {"entailment"},
          {"entailment", "entailment", "neutral"},
          {"contradiction", "neutral", "other"}}) {
        const auto failure = failure_of([&] { (void)inference_labels(names, "m"); });
        EXPECT_NE(std::string(failure.what()).find("in the option 'labels'"), std::string::npos);
    }
}

TEST(Entailment, TheOptionRenamesLabels) {
    // Contradiction and entailment change places.
    const Entailment turned(options_for(testdata() / "inference"), {},
                            {"entailment", "contradiction", "neutral"});
    const InferencePair pair{"ada was born in london", "ada was not born in london"};
    InferenceScores scores;
    turned.infer({&pair, 1}, {&scores, 1}, [] {});
    EXPECT_GT(scores.entailment, 0.9F);
    EXPECT_EQ(failure_of([] {
                  Entailment(options_for(testdata() / "inference"), {}, {"entailment", "neutral"});
              }).code(),
              LECTERN_INVALID_ARGUMENT);
}

}  // namespace
}  // namespace lectern::tasks
