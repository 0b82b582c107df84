// The expected figures were computed by hand from the definitions in metrics.hpp.
#include "apps/eval/measures/metrics.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace lectern::evaluation {
namespace {

using Judged = std::unordered_map<std::string, int>;

std::vector<ScoredDocument> descending(const std::vector<std::string>& documents) {
    std::vector<ScoredDocument> out;
    float score = 1000;
    for (const std::string& document : documents) out.push_back({document, score--});
    return out;
}

std::vector<std::string> others(std::size_t count, const std::vector<std::string>& then) {
    std::vector<std::string> out;
    for (std::size_t i = 0; i < count; ++i) out.push_back("other" + std::to_string(i));
    out.insert(out.end(), then.begin(), then.end());
    return out;
}

struct Case {
    const char* what;
    std::vector<std::string> found;
    Judged judged;
    Scores expected;  // ndcg@10, mrr@10, recall@10, recall@100, map
};

TEST(Metrics, AgreeWithTheDefinitionsByHand) {
    // log2(3) = 1.5849625007, log2(4) = 2, log2(5) = 2.3219280949, log2(11) = 3.4594316186
    const std::vector<Case> cases{
        {"the one right document first", {"a", "b"}, {{"a", 1}}, {1, 1, 1, 1, 1}},
        // 1/log2(3) = 0.6309297536
        {"the one right document second", {"b", "a"}, {{"a", 1}}, {0.6309297536, 0.5, 1, 1, 0.5}},
        // Gains 1 at rank 1, 3 at rank 3: 1 + 3/2 = 2.5; ideal 3 + 1/1.5849625007 = 3.6309297536.
        // Precisions 1/1 and 2/3.
        {"graded, linear gain",
         {"a", "x", "b"},
         {{"a", 1}, {"b", 3}, {"x", 0}},
         {0.6885288810, 1, 1, 1, 0.8333333333}},
        // Two of three found, at 2 and 4: 0.6309297536 + 0.4306765581 = 1.0616063117; ideal
        // 1 + 0.6309297536 + 0.5 = 2.1309297536; (1/2 + 2/4)/3.
        {"one is missing",
         {"x", "a", "y", "b"},
         {{"a", 1}, {"b", 1}, {"c", 1}},
         {0.4981892575, 0.5, 0.6666666667, 0.6666666667, 0.3333333333}},
        // 1/log2(11) = 0.2890648263.
        {"rank 10 counts", others(9, {"a"}), {{"a", 1}}, {0.2890648263, 0.1, 1, 1, 0.1}},
        {"rank 11 is below the cut", others(10, {"a"}), {{"a", 1}}, {0, 0, 0, 1, 1.0 / 11}},
        {"rank 101 counts for map alone", others(100, {"a"}), {{"a", 1}}, {0, 0, 0, 0, 1.0 / 101}},
        {"a negative judgement is not relevant and costs nothing",
         {"spam", "a"},
         {{"spam", -2}, {"a", 1}},
         {0.6309297536, 0.5, 1, 1, 0.5}},
        {"nothing found", {}, {{"a", 1}}, {}},
        {"nothing is relevant", {"a"}, {{"a", 0}}, {}},
    };
    for (const Case& one : cases) {
        const Scores scores = score(descending(one.found), one.judged);
        for (std::size_t i = 0; i < scores.size(); ++i)
            EXPECT_NEAR(scores[i], one.expected[i], 1e-9) << one.what << ": " << metric_names[i];
    }
}

TEST(Metrics, TheIdealOfTenCountsTenOfTwelve) {
    Judged judged;
    for (int i = 0; i < 12; ++i) judged["d" + std::to_string(i)] = 1;
    std::vector<std::string> found;
    for (int i = 0; i < 10; ++i) found.push_back("d" + std::to_string(i));
    const Scores scores = score(descending(found), judged);
    EXPECT_NEAR(scores[0], 1, 1e-12);
    EXPECT_NEAR(scores[2], 10.0 / 12, 1e-12);
    EXPECT_NEAR(scores[4], 10.0 / 12, 1e-12);
}

TEST(Metrics, EqualScoresAreOrderedByIdDescendingAsTrecEvalDoes) {
    const auto order = ranking({{"a", 1}, {"c", 1}, {"b", 1}, {"z", 0.5F}, {"y", 2}});
    const std::vector<ScoredDocument> expected{{"y", 2}, {"c", 1}, {"b", 1}, {"a", 1}, {"z", 0.5F}};
    EXPECT_EQ(order, expected);
    // "9" before "10": ids are compared as bytes.
    EXPECT_EQ(ranking({{"10", 1}, {"9", 1}}).front().document, "9");
}

TEST(Metrics, EveryJudgedQueryCountsAndNoOther) {
    const evaluation::Run run{{"1", {{"a", 1}}}, {"3", {{"a", 1}}}};
    const Judgements judgements{{"1", {{"a", 1}}}, {"2", {{"a", 1}}}};
    const auto queries = score(run, judgements);
    ASSERT_EQ(queries.size(), 2U);
    EXPECT_EQ(queries[0].query, "1");
    EXPECT_EQ(queries[1].retrieved, 0U);
    EXPECT_EQ(queries[1].relevant, 1U);
    EXPECT_DOUBLE_EQ(mean(queries)[0], 0.5);
    EXPECT_EQ(mean({}), Scores{});
}

}  // namespace
}  // namespace lectern::evaluation
